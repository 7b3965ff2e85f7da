"""Checks a student's own file on practice cases: with the reference where it is, else recorded."""

from __future__ import annotations

from pathlib import Path

from .cases import draw_cases
from .catalogue import CourseError, Entry
from .compiled import cache_folder
from .diagnose.mistakes import Mistake
from .grade_one import Plan, grade_submission
from .oracle import Oracle, Reference
from .practice import FILE, SEED, Recorded, read_practice, same_stream
from .report import Report, judge_error
from .sandbox import Sandbox
from .sandbox.bare import Bare
from .session import Session
from .submissions import Submission
from .verdict import Verdict


def plan_of(entry: Entry) -> Plan:
    """The practice cases of a problem. Raises CourseError where their answers can't be had."""
    known: list[Mistake] = []
    oracle: Oracle = Reference()
    recorded = entry.folder / FILE
    if recorded.is_file() or not entry.reference.is_file():
        practice = read_practice(recorded)
        oracle, known = Recorded(practice), practice.mistakes
    cases = draw_cases(entry, SEED)
    return Plan(entry, cases, oracle.expected(entry, cases), known)


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
    recorded = plan.entry.folder / FILE
    if report.verdict is Verdict.WRONG_ANSWER and recorded.is_file():
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
    return report
