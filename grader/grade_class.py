"""Grades many submissions side by side; one that breaks the grader stops nobody else's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass

from .cases import draw_cases
from .catalogue import Entry
from .compiled import share_samplers
from .grade_one import Plan, grade_submission
from .oracle import Oracle, Reference
from .report import Report, judge_error
from .sandbox import Sandbox, worker_folder, worker_threads
from .submissions import Submission


@dataclass(frozen=True)
class NoPlan:
    """Stands for the plan of a problem that is broken: nobody is judged by it."""

    entry: Entry
    error: Exception


def make_plan(entry: Entry, seed: int, oracle: Oracle) -> Plan | NoPlan:
    """Cases and expected values of one problem in one run."""
    try:
        cases = draw_cases(entry, seed)
        return Plan(entry, cases, oracle.expected(entry, cases))
    except Exception as error:  # the author's code: it may raise anything
        return NoPlan(entry, error)


def compile_for_workers(plans: Iterable[Plan | NoPlan], reference: Reference) -> None:
    """Compiles here, once, the samplers that each right answer would compile for itself.

    It changes no verdict: workers run what they would have compiled, in a fraction of the time.
    """
    for plan in plans:
        if isinstance(plan, Plan):
            reference.compile_samplers(plan.entry, plan.cases)
    share_samplers(worker_folder() / "compiled")


def usable_processors() -> int:
    """Processors that this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def grade_all(
    submissions: Sequence[Submission],
    plans: Iterable[Plan | NoPlan],
    sandbox: Sandbox,
    done: Callable[[Report], None],
) -> list[Report]:
    """The reports, in the order of the submissions; `done` is told of each as it comes.

    As many run at a time as there are processors: each is a process of its own, and the threads
    here only wait for them. Interrupted, it ends every worker before it lets go.
    """
    by_id = {plan.entry.id: plan for plan in plans}

    def grade(submission: Submission) -> Report:
        plan = by_id[submission.problem_id]
        try:
            if isinstance(plan, NoPlan):
                raise plan.error
            return grade_submission(plan, submission, sandbox)
        except Exception as error:
            return judge_error(plan.entry, submission, sandbox.name, error)

    with worker_threads(usable_processors()) as pool:
        futures = [pool.submit(grade, submission) for submission in submissions]
        for future in as_completed(futures):
            done(future.result())
        return [future.result() for future in futures]
