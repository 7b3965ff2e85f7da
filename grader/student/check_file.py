"""Checks a student's file on practice cases: recorded ones, or the reference's if it is there."""

from __future__ import annotations

from pathlib import Path

from ..common.errors import CourseError
from ..common.processors import usable_processors
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..course.draw import draw_cases, tiny_cases
from ..diagnosis.ask_further import Examples
from ..diagnosis.pixels_read import probes
from ..grading.grade_one import grade_submission
from ..grading.plan import Plan
from ..oracle.practice import FILE, SEED, PracticeOracle, known_mistakes, read_practice, same_stream
from ..oracle.program_cache import keep_compiled
from ..oracle.record_mistakes import Tell
from ..oracle.reference import Oracle, Reference
from ..report.report import Report, judge_error
from ..sandbox import Sandbox
from ..sandbox.session import Session
from ..submissions import Submission


def plan_of(entry: Entry, tell: Tell = lambda _: None) -> Plan:
    """The practice cases of a problem. Raises CourseError where their answers can't be had.

    tell: gets a sentence now and then while known mistakes are recorded.
    """
    oracle: Oracle
    if (entry.folder / FILE).is_file() or not entry.reference.is_file():
        practice = read_practice(entry)
        oracle, known = PracticeOracle(practice), lambda: practice.mistakes
    else:
        keep_compiled()
        oracle = Reference()
        known = known_mistakes(entry, oracle, usable_processors(), tell)
    cases, tiny = draw_cases(entry, SEED), tiny_cases(entry)
    expected, tiny_expected = (oracle.expected(entry, some) for some in (cases, tiny))
    examples = Examples(tiny, tiny_expected, probes(entry.problem))
    return Plan(entry, cases, expected, SEED, examples, known)


def check_file(plan: Plan, path: Path, sandbox: Sandbox, warm: Session | None = None) -> Report:
    """The report on one file.

    It is a judge error if the answers are wrong because this version of JAX draws other parameters
    from the same seed than the version that recorded the practice cases.
    """
    submission = Submission("you", path, plan.entry.id)
    report = grade_submission(plan, submission, sandbox, warm)
    recorded = (plan.entry.folder / FILE).is_file()
    if report.verdict is not Verdict.WRONG_ANSWER or not recorded:
        return report
    practice = read_practice(plan.entry)
    if same_stream(practice):
        return report
    versions = ", ".join(f"{name}=={practice.versions[name]}" for name in ("jax", "flax", "numpy"))
    return judge_error(
        plan.entry,
        submission,
        sandbox.name,
        CourseError("another random stream"),
        "JAX draws other random numbers here than on the computer that recorded the practice "
        f"cases, so your answers cannot be checked. Install {versions}, and check again.",
    )
