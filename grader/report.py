"""A report: everything known about one graded submission, as data.

`report.schema.json` is its form. Every output is written from reports, and from nothing else.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from .catalogue import Entry
from .diagnose.diagnosis import Diagnosis
from .diagnose.heat import HeatMap
from .diagnose.reading import Reading
from .judge import Judgement
from .problem import Case, Problem
from .submissions import NotUnderstood, Submission
from .verdict import Verdict

SCHEMA = 1


@cache
def versions() -> dict[str, str]:
    """Versions of everything that decides a number."""
    found = {"python": platform.python_version()}
    for name, package in (
        ("numpy", "numpy"),
        ("jax", "jax"),
        ("flax", "flax"),
        ("grader", "vit-input-exercises"),
    ):
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


@dataclass(frozen=True)
class CaseReport:
    """What became of one case; `judgement` is None where the submission was over before it."""

    case: Case
    judgement: Judgement | None
    seconds: float

    @property
    def accepted(self) -> bool:
        return self.judgement is not None and self.judgement.verdict is Verdict.ACCEPTED


@dataclass(frozen=True)
class Report:
    """The whole of one submission. `score` is None for a judge error: it has not been judged."""

    student: str
    submission: str
    sha256: str | None
    problem_id: str
    problem_version: str
    verdict: Verdict
    score: int | None
    max_score: int
    message: str
    notes: tuple[str, ...]
    cases: tuple[CaseReport, ...]
    prints: str
    seconds: float
    sandbox: str
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    disturbed: bool = False  # whether what ran beside it may have decided the verdict
    detail: str = ""  # of a judge error: what an author or maintainer needs to mend it
    versions: dict[str, str] = field(default_factory=versions)


def score(problem: Problem, cases: tuple[CaseReport, ...]) -> int:
    """Points of every group that has cases, all of them accepted."""
    lost = {case.case.group for case in cases if not case.accepted}
    won = {case.case.group for case in cases} - lost
    return sum(problem.groups[name].points for name in won)


def run_to_json(
    seed: int, reports: Sequence[Report], not_understood: Sequence[NotUnderstood]
) -> dict[str, Any]:
    """A whole run, JSON-ready, in the form of the schema."""
    return {
        "schema": SCHEMA,
        "seed": seed,
        "reports": [_report_to_json(report) for report in reports],
        "not_understood": [
            {"path": _encodable(str(n.path)), "why": _encodable(n.why)} for n in not_understood
        ],
    }


def _report_to_json(report: Report) -> dict[str, Any]:
    return {
        "student": _encodable(report.student),
        "submission": _encodable(report.submission),
        "sha256": report.sha256,
        "problem": report.problem_id,
        "problem_version": report.problem_version,
        "verdict": report.verdict.value,
        "score": report.score,
        "max_score": report.max_score,
        "message": report.message,
        "findings": list(report.diagnosis.findings),
        "example": list(report.diagnosis.example),
        "heat_map": _heat_to_json(report.diagnosis.heat),
        "reading": _reading_to_json(report.diagnosis.reading),
        "notes": [_encodable(note) for note in report.notes],
        "cases": [_case_to_json(case) for case in report.cases],
        "prints": report.prints,
        "seconds": round(report.seconds, 3),
        "sandbox": report.sandbox,
        "detail": _encodable(report.detail),
        "versions": report.versions,
    }


def _case_to_json(report: CaseReport) -> dict[str, Any]:
    judgement = report.judgement
    diff = judgement.difference if judgement else None
    return {
        "group": report.case.group,
        "shapes": report.case.shapes,
        "verdict": judgement.verdict.value if judgement else "not_run",
        "message": judgement.message if judgement else "",
        "largest_error": _number(diff.error) if diff else None,
        "allowed_error": diff.bound if diff else None,
        "where": list(diff.index) if diff else None,
        "seconds": round(report.seconds, 3),
    }


def _heat_to_json(heat: HeatMap | None) -> dict[str, Any] | None:
    if heat is None:
        return None
    return {
        "labels": list(heat.labels),
        "off": [[_number(float(f"{off:.4g}")) for off in row] for row in heat.off],
        "extra": heat.extra,
        "tokens": heat.tokens,
        "features": heat.features,
    }


def _reading_to_json(reading: Reading | None) -> dict[str, Any] | None:
    if reading is None or not reading.astray:
        return None
    return {
        "labels": list(reading.labels),
        "should": reading.should.astype(int).tolist(),
        "does": reading.does.astype(int).tolist(),
    }


def _encodable(text: str) -> str:
    """The name of a file may hold bytes that are no text, and no reader of JSON owes us these."""
    return text.encode("utf-8", "backslashreplace").decode()


def _number(value: float) -> float | str:
    """JSON has no infinity: an answer with NaN in it is infinitely far off."""
    return value if value != float("inf") else "infinite"


NOT_MARKED = "The grader failed, not the submission; it has not been marked. Grade it again."


def judge_error(
    entry: Entry,
    submission: Submission,
    sandbox: str,
    error: Exception,
    message: str = NOT_MARKED,
) -> Report:
    """The report of a submission that we failed to judge."""
    return Report(
        student=submission.student,
        submission=str(submission.path),
        sha256=None,
        problem_id=entry.id,
        problem_version=entry.version,
        verdict=Verdict.JUDGE_ERROR,
        score=None,
        max_score=entry.problem.max_score,
        message=message,
        notes=submission.notes,
        cases=(),
        prints="",
        seconds=0.0,
        sandbox=sandbox,
        detail=f"{type(error).__name__}: {error}",
    )
