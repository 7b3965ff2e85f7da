"""Grades many submissions side by side; one that breaks the grader stops nobody else's."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass

from .cases import draw_cases, tiny_cases
from .catalogue import Entry
from .compiled import share_samplers
from .grade_one import Plan, grade_submission
from .known import KnownMistakes
from .oracle import Oracle, Reference
from .report import Report, judge_error
from .sandbox import Sandbox, SandboxError, worker_folder, worker_threads
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
        return Plan(entry, cases, oracle.expected(entry, cases), seed)
    except Exception as error:  # the author's code: it may raise anything
        return NoPlan(entry, error)


def with_examples(plan: Plan | NoPlan, oracle: Oracle) -> Plan | NoPlan:
    """The plan with the small public cases, one of which is shown to who is wrong."""
    if isinstance(plan, NoPlan):
        return plan
    try:
        tiny = tiny_cases(plan.entry)
        return dataclasses.replace(plan, tiny=tiny, tiny_expected=oracle.expected(plan.entry, tiny))
    except Exception as error:
        return NoPlan(plan.entry, error)


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
    prove: Callable[[], None],
    jobs: int,
) -> list[Report]:
    """The reports, in the order of the submissions; `done` is told of each as it comes.

    `jobs` run at a time: each is a process of its own, and the threads here only wait for them. A
    report that neighbours may have disturbed is made again, alone,
    after all others. Interrupted, it ends every worker before it lets go.

    Where a worker doesn't start, `prove` is asked to try the sandbox once more. If that raises
    SandboxError, no more submissions are run: what is left gets judge errors.
    """
    by_id: dict[str, Plan | NoPlan] = {}
    fallen: list[SandboxError] = []
    one_at_a_time = threading.Lock()

    def grade(submission: Submission) -> Report:
        plan = by_id[submission.problem_id]
        try:
            if isinstance(plan, NoPlan):
                raise plan.error
            if fallen:
                raise fallen[0]
            return grade_submission(plan, submission, sandbox)
        except SandboxError as error:
            with one_at_a_time:
                if not fallen:
                    fallen.extend(_reasons(prove))
            report = judge_error(plan.entry, submission, sandbox.name, error)
            return dataclasses.replace(report, disturbed=not fallen)
        except Exception as error:
            return judge_error(plan.entry, submission, sandbox.name, error)

    reports = {}
    again = []
    with worker_threads(jobs) as pool, KnownMistakes() as known:
        for plan in plans:
            if isinstance(plan, Plan):
                plan = dataclasses.replace(plan, name=known.namer(plan.entry, plan.seed))
            by_id[plan.entry.id] = plan
        futures = {pool.submit(grade, submission): submission for submission in submissions}
        for future in as_completed(futures):
            submission, report = futures[future], future.result()
            if report.disturbed and len(submissions) > 1:
                again.append(submission)
            else:
                reports[submission] = report
                done(report)
        for submission in again:
            reports[submission] = pool.submit(grade, submission).result()
            done(reports[submission])
    return [reports[submission] for submission in submissions]


def _reasons(prove: Callable[[], None]) -> list[SandboxError]:
    try:
        prove()
    except (SandboxError, OSError) as error:
        return [SandboxError(f"the sandbox stopped working, so nothing more was run: {error}")]
    return []
