"""Checks a student's file on practice cases: recorded ones, or the reference's if it is there."""

from __future__ import annotations

from functools import cache

from ..common.errors import CourseError
from ..common.processors import usable_processors
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..grading.grade_one import Show, grade_submission
from ..grading.plan import Plan, make_plan
from ..oracle.practice import FILE, SEED, read_practice, recorded_once
from ..oracle.program_cache import keep_compiled
from ..oracle.record_mistakes import Announce
from ..oracle.reference import Reference
from ..report.report import Report, judge_error
from ..sandbox import Sandbox
from ..sandbox.session import Session
from ..submissions import Submission


def plan_of(entry: Entry, announce: Announce = lambda _: None) -> Plan:
    """The practice cases of a problem. Raises CourseError if their answers can't be had.

    announce: gets a sentence now and then while known mistakes are recorded.
    """
    if (entry.folder / FILE).is_file() or not entry.reference.is_file():
        practice = read_practice(entry)
        return make_plan(entry, SEED, practice, lambda: practice.mistakes)
    keep_compiled()
    known = recorded_once(entry, Reference(), usable_processors(), announce)
    return make_plan(entry, SEED, Reference(), known)


def check_file(
    plan: Plan,
    submission: Submission,
    sandbox: Sandbox,
    warm: Session | None = None,
    show: Show = lambda _: None,
) -> Report:
    """The report on one submission.

    It is a judge error if the answers are wrong because this version of JAX draws other parameters
    from the same seed than the version that recorded the practice cases. show: gets the report
    before a wrong answer is explained, if only one file may count.
    """

    @cache
    def other_stream() -> Report | None:
        return _other_stream(plan.entry, submission, sandbox)

    def checked(report: Report) -> Report:
        return (other_stream() if report.verdict is Verdict.WRONG_ANSWER else None) or report

    return checked(
        grade_submission(plan, submission, sandbox, warm, lambda report: show(checked(report)))
    )


def _other_stream(entry: Entry, submission: Submission, sandbox: Sandbox) -> Report | None:
    """The judge error if JAX draws others than the recorded random numbers."""
    if not (entry.folder / FILE).is_file():
        return None
    practice = read_practice(entry)
    if practice.same_stream():
        return None
    versions = ", ".join(f"{name}=={practice.versions[name]}" for name in ("jax", "flax", "numpy"))
    return judge_error(
        entry,
        submission,
        sandbox.name,
        CourseError("another random stream"),
        "JAX makes other random numbers here than on the computer that recorded the practice "
        f"cases, so your answers cannot be checked. Install {versions}, and check again.",
    )
