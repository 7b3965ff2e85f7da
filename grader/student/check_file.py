"""Checks a student's file on practice cases: recorded ones, or the reference's if it is there."""

from __future__ import annotations

from ..common.errors import CourseError
from ..common.processors import usable_processors
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..grading.grade_one import grade_submission
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
    plan: Plan, submission: Submission, sandbox: Sandbox, warm: Session | None = None
) -> Report:
    """The report on one submission.

    It is a judge error if the answers are wrong because this version of JAX draws other parameters
    from the same seed than the version that recorded the practice cases.
    """
    report = grade_submission(plan, submission, sandbox, warm)
    recorded = (plan.entry.folder / FILE).is_file()
    if report.verdict is not Verdict.WRONG_ANSWER or not recorded:
        return report
    practice = read_practice(plan.entry)
    if practice.same_stream():
        return report
    versions = ", ".join(f"{name}=={practice.versions[name]}" for name in ("jax", "flax", "numpy"))
    return judge_error(
        plan.entry,
        submission,
        sandbox.name,
        CourseError("another random stream"),
        "JAX makes other random numbers here than on the computer that recorded the practice "
        f"cases, so your answers cannot be checked. Install {versions}, and check again.",
    )
