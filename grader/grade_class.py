"""Grades many submissions side by side; one that breaks the grader stops nobody else's."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass

from .cases import draw_cases, tiny_cases
from .catalogue import Entry
from .diagnose.reading import probes
from .examine import Examples
from .grade_one import Plan, grade_submission
from .known import KnownMistakes
from .oracle import Oracle
from .report import Report, judge_error
from .sandbox import Sandbox, SandboxError, worker_threads
from .submissions import Submission


@dataclass(frozen=True)
class NoPlan:
    """Stands for the plan of a problem that is broken: nobody is judged by it."""

    entry: Entry
    error: Exception


def make_plan(entry: Entry, seed: int, oracle: Oracle, student: str | None = None) -> Plan | NoPlan:
    """Cases and expected values of one problem in one run, or of one student in it."""
    try:
        cases = draw_cases(entry, seed, student)
        return Plan(entry, cases, oracle.expected(entry, cases), seed, student)
    except Exception as error:  # the author's code: it may raise anything
        return NoPlan(entry, error)


def for_student(plan: Plan | NoPlan, student: str, oracle: Oracle) -> Plan | NoPlan:
    """The plan with values that are this student's alone, in the shapes of the run."""
    if isinstance(plan, NoPlan):
        return plan
    own = make_plan(plan.entry, plan.seed, oracle, student)
    if isinstance(own, NoPlan):
        return own
    return dataclasses.replace(own, examples=plan.examples)


def with_examples(plan: Plan | NoPlan, oracle: Oracle) -> Plan | NoPlan:
    """The plan with the small public cases, one of which is shown to who is wrong."""
    if isinstance(plan, NoPlan):
        return plan
    try:
        tiny = tiny_cases(plan.entry)
        expected = oracle.expected(plan.entry, tiny)
        examples = Examples(tiny, expected, probes(plan.entry.problem))
        return dataclasses.replace(plan, examples=examples)
    except Exception as error:
        return NoPlan(plan.entry, error)


def usable_processors() -> int:
    """Processors that this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


PlanOf = Callable[[Submission], Plan | NoPlan]


def grade_all(
    submissions: Sequence[Submission],
    plan_of: PlanOf,
    sandbox: Sandbox,
    done: Callable[[Submission, Report], None],
    prove: Callable[[], None],
    jobs: int,
) -> list[Report]:
    """The reports, in the order of the submissions; `done` is told of each as it comes.

    `jobs` run at a time: each is a process of its own, and the threads here only wait for them.
    Interrupted, it ends every worker before it lets go.

    Where a worker doesn't start, `prove` is asked to try the sandbox once more. If that raises
    SandboxError, no more submissions are run: what is left gets judge errors.
    """
    fallen: list[SandboxError] = []
    one_at_a_time = threading.Lock()

    def grade(submission: Submission) -> Report:
        plan = plan_of(submission)
        try:
            if isinstance(plan, NoPlan):
                raise plan.error
            if fallen:
                raise fallen[0]
            report = grade_submission(plan, submission, sandbox)
            return named(report, plan, known)
        except SandboxError as error:
            with one_at_a_time:
                if not fallen:
                    fallen.extend(_reasons(prove))
            report = judge_error(plan.entry, submission, sandbox.name, error)
            return dataclasses.replace(report, disturbed=not fallen)
        except Exception as error:
            return judge_error(plan.entry, submission, sandbox.name, error)

    with worker_threads(jobs) as pool, KnownMistakes() as known:
        return collect(submissions, lambda submission: pool.submit(grade, submission), done)


def named(report: Report, plan: Plan, known: KnownMistakes) -> Report:
    """The report with the known mistake that its answers show, if they do."""
    if report.diagnosis.prints is None:
        return report
    name = known.namer(plan.entry, plan.seed, plan.student)
    return dataclasses.replace(report, diagnosis=report.diagnosis.named(name))


def collect(
    submissions: Sequence[Submission],
    submit: Callable[[Submission], Future[Report]],
    done: Callable[[Submission, Report], None],
) -> list[Report]:
    """The reports in the order of the submissions; `done` is told of each as it comes.

    A report that neighbours may have disturbed is made again, alone, after all others.
    """
    reports = {}
    again = []
    futures = {submit(submission): submission for submission in submissions}
    for future in as_completed(futures):
        submission, report = futures[future], future.result()
        if report.disturbed and len(submissions) > 1:
            again.append(submission)
        else:
            reports[submission] = report
            done(submission, report)
    for submission in again:
        reports[submission] = submit(submission).result()
        done(submission, reports[submission])
    return [reports[submission] for submission in submissions]


def _reasons(prove: Callable[[], None]) -> list[SandboxError]:
    try:
        prove()
    except (SandboxError, OSError) as error:
        return [SandboxError(f"the sandbox stopped working, so nothing more was run: {error}")]
    return []
