"""Checks a student's own file on practice cases: with the reference where it is, else recorded."""

from __future__ import annotations

import dataclasses
import logging
from functools import partial
from pathlib import Path

from ..common.errors import CourseError
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..course.draw import draw_cases, tiny_cases
from ..diagnosis.ask_further import Examples
from ..diagnosis.fingerprints import Namer, name_mistakes
from ..diagnosis.pixels_read import probes
from ..grading.grade_one import grade_submission
from ..grading.plan import Plan
from ..oracle.known_mistakes import KnownMistakes
from ..oracle.practice import FILE, SEED, PracticeOracle, read_practice, same_stream
from ..oracle.program_cache import cache_folder, keep_compiled
from ..oracle.reference import Oracle, Reference
from ..report.report import Report, judge_error
from ..sandbox import Sandbox
from ..sandbox.bare import Bare
from ..sandbox.session import Session
from ..submissions import Submission

log = logging.getLogger(__name__)


def plan_of(entry: Entry, known: KnownMistakes) -> tuple[Plan, Namer]:
    """The practice cases of a problem, and who names the known mistakes by them.

    Raises CourseError where their answers can't be had.
    """
    recorded = entry.folder / FILE
    oracle: Oracle
    name: Namer
    if recorded.is_file() or not entry.reference.is_file():
        practice = read_practice(recorded)
        oracle, name = PracticeOracle(practice), partial(name_mistakes, known=practice.mistakes)
    else:
        keep_compiled()
        oracle, name = Reference(), known.namer(entry, SEED)
    cases, tiny = draw_cases(entry, SEED), tiny_cases(entry)
    expected, tiny_expected = (oracle.expected(entry, some) for some in (cases, tiny))
    examples = Examples(tiny, tiny_expected, probes(entry.problem))
    return Plan(entry, cases, expected, SEED, examples=examples), name


def own_machine() -> Sandbox:
    """No walls: a student's own code on their own machine. What is compiled is kept there."""
    programs = cache_folder().with_name("own-2")
    try:
        programs.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        log.info("nothing that your code compiles is kept: %s", error)
    return Bare(programs)


def check_file(
    plan: Plan, name: Namer, path: Path, sandbox: Sandbox, warm: Session | None = None
) -> Report:
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
    return dataclasses.replace(report, diagnosis=report.diagnosis.named(name))
