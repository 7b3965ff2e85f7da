"""Checks a student's own file on practice cases: with the reference where it is, else recorded."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from .cases import draw_cases
from .catalogue import CourseError, Entry
from .compiled import cache_folder
from .diagnose.mistakes import Mistake
from .diagnose.smallest import show_case
from .grade_one import Plan, grade_submission
from .judge import judge
from .oracle import Oracle, Reference
from .outcome import Answer, Outcome
from .practice import FILE, SEED, Recorded, read_practice, same_stream, tiny_cases
from .problem import Case
from .report import Report, judge_error
from .sandbox import Sandbox
from .sandbox.bare import Bare
from .session import Session
from .submissions import Submission
from .verdict import Verdict


def plan_of(entry: Entry) -> Plan:
    """The practice cases of a problem. Raises CourseError where their answers can't be had."""
    oracle, known = _oracle(entry)
    cases = draw_cases(entry, SEED)
    return Plan(entry, cases, oracle.expected(entry, cases), known)


def _oracle(entry: Entry) -> tuple[Oracle, list[Mistake]]:
    recorded = entry.folder / FILE
    if recorded.is_file() or not entry.reference.is_file():
        practice = read_practice(recorded)
        return Recorded(practice), practice.mistakes
    return Reference(), []


def smallest_failing(entry: Entry, ask: Callable[[Case, int], Outcome]) -> list[str]:
    """The lines on the first of the problem's tiny cases that is answered wrongly; none where all
    are right. Raises CourseError.
    """
    cases = tiny_cases(entry)
    for case, right in zip(cases, _oracle(entry)[0].expected(entry, cases), strict=True):
        outcome = ask(case, right.size)
        if not isinstance(outcome, Answer):
            return []
        if judge(entry.problem, case, right, outcome).verdict is not Verdict.ACCEPTED:
            return show_case(entry.problem, case, right, outcome)
    return []


def own_machine() -> Sandbox:
    """No walls: a student's own code on their own machine. What is compiled is kept there."""
    return Bare(
        {
            "JAX_COMPILATION_CACHE_DIR": str(cache_folder().with_name("own")),
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
            "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        }
    )


def check_file(plan: Plan, path: Path, sandbox: Sandbox, warm: Session | None = None) -> Report:
    """The report on one file of the student's.

    Where the answers are wrong on another random stream than the recorded one, that is told
    instead: other versions of JAX draw other parameters from the same seed.
    """
    submission = Submission("you", path, plan.entry.id)
    report = grade_submission(plan, submission, sandbox, warm)
    if report.verdict is not Verdict.WRONG_ANSWER:
        return report
    recorded = plan.entry.folder / FILE
    if recorded.is_file():
        practice = read_practice(recorded)
        if not same_stream(practice):
            versions = ", ".join(
                f"{name}=={practice.versions[name]}" for name in ("jax", "flax", "numpy")
            )
            return judge_error(
                plan.entry,
                submission,
                sandbox.name,
                CourseError("another random stream"),
                "JAX draws other random numbers here than where the practice cases were recorded, "
                f"so nothing can be said about yours. Install {versions}, and check again.",
            )
    with Session.ready(sandbox, plan.entry.problem) as session:
        if session.load(submission.read(), submission.notebook) is None:
            example = smallest_failing(plan.entry, session.ask)
            return dataclasses.replace(report, example=tuple(example))
    return report
