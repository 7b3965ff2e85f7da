"""Reports as JSON and back; `report.schema.json` is the form of a run."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from ..common.verdict import Verdict
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.heat_map import HeatMap
from ..diagnosis.pixels_read import Reading
from ..submissions import NotUnderstood
from ..submissions.student import Student
from .report import CaseReport, GroupReport, Report
from .run import Graded, Run

SCHEMA = 3


def run_to_json(run: Run) -> dict[str, Any]:
    """A whole run, JSON-ready, in the form of the schema."""
    return {
        "schema": SCHEMA,
        "seed": run.seed,
        "problems": [vars(problem) for problem in run.problems],
        "students": [
            {
                **{name: _encodable(getattr(s, name)) for name in ("id", "name", "email")},
                "canvas": {key: _encodable(value) for key, value in s.canvas.items()},
            }
            for s in run.students
        ],
        "reports": [report_to_json(report) for report in run.reports],
        "not_understood": [
            {"path": _encodable(str(n.path)), "why": _encodable(n.why)} for n in run.not_understood
        ],
    }


def run_from_json(data: dict[str, Any]) -> Run:
    """The run again. Raises KeyError, TypeError or ValueError where it is none of ours."""
    if data["schema"] != SCHEMA:
        raise ValueError(f"its form is {data['schema']}, and this version reads {SCHEMA}")
    return Run(
        seed=data["seed"],
        problems=tuple(Graded(**problem) for problem in data["problems"]),
        students=tuple(Student(**student) for student in data["students"]),
        reports=tuple(map(report_from_json, data["reports"])),
        not_understood=tuple(
            NotUnderstood(Path(item["path"]), item["why"]) for item in data["not_understood"]
        ),
    )


def report_to_json(report: Report) -> dict[str, Any]:
    """One report, JSON-ready. Nothing is lost but what was cut from numbers by rounding."""
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
        "findings": list(report.diagnosis.what),
        "where": report.diagnosis.where,
        "example": list(report.diagnosis.example),
        "heat_map": _heat_to_json(report.diagnosis.heat),
        "reading": _reading_to_json(report.diagnosis.reading),
        "notes": [_encodable(note) for note in report.notes],
        "groups": [vars(group) for group in report.groups],
        "cases": [_case_to_json(case) for case in report.cases],
        "prints": report.prints,
        "seconds": round(report.seconds, 3),
        "sandbox": report.sandbox,
        "detail": _encodable(report.detail),
        "versions": report.versions,
    }


def report_from_json(data: dict[str, Any]) -> Report:
    """The report again. Raises KeyError, TypeError or ValueError where it is none of ours."""
    return Report(
        student=data["student"],
        submission=data["submission"],
        sha256=data["sha256"],
        problem_id=data["problem"],
        problem_version=data["problem_version"],
        verdict=Verdict(data["verdict"]),
        max_score=data["max_score"],
        message=data["message"],
        notes=tuple(data["notes"]),
        groups=tuple(GroupReport(**group) for group in data["groups"]),
        cases=tuple(map(_case_from_json, data["cases"])),
        prints=data["prints"],
        seconds=data["seconds"],
        sandbox=data["sandbox"],
        diagnosis=Diagnosis(
            what=tuple(data["findings"]),
            where=data["where"],
            example=tuple(data["example"]),
            heat=_heat_from_json(data["heat_map"]),
            reading=_reading_from_json(data["reading"]),
        ),
        detail=data["detail"],
        versions=data["versions"],
    )


NOT_RUN = "not_run"  # where a verdict stands for each case that was run


def _case_to_json(case: CaseReport) -> dict[str, Any]:
    return {
        "group": case.group,
        "shapes": [list(shape) for shape in case.shapes],
        "verdict": case.verdict.value if case.verdict else NOT_RUN,
        "message": case.message,
        "largest_error": None if case.largest_error is None else _number(case.largest_error),
        "allowed_error": case.allowed_error,
        "where": None if case.where is None else list(case.where),
        "seconds": case.seconds,
    }


def _case_from_json(data: dict[str, Any]) -> CaseReport:
    error, where = data["largest_error"], data["where"]
    return CaseReport(
        group=data["group"],
        shapes=tuple(map(tuple, data["shapes"])),
        verdict=None if data["verdict"] == NOT_RUN else Verdict(data["verdict"]),
        message=data["message"],
        largest_error=None if error is None else _from_number(error),
        allowed_error=data["allowed_error"],
        where=None if where is None else tuple(where),
        seconds=data["seconds"],
    )


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


def _heat_from_json(data: dict[str, Any] | None) -> HeatMap | None:
    if data is None:
        return None
    off = np.array([[_from_number(number) for number in row] for row in data["off"]])
    return HeatMap(tuple(data["labels"]), off, data["extra"], data["tokens"], data["features"])


def _reading_to_json(reading: Reading | None) -> dict[str, Any] | None:
    if reading is None:
        return None
    return {
        "labels": list(reading.labels),
        "should": reading.should.astype(int).tolist(),
        "does": reading.does.astype(int).tolist(),
    }


def _reading_from_json(data: dict[str, Any] | None) -> Reading | None:
    if data is None:
        return None
    should, does = (np.array(data[name], bool) for name in ("should", "does"))
    return Reading(tuple(data["labels"]), should, does)


def _encodable(text: str) -> str:
    """The name of a file may hold bytes that are no text, and no reader of JSON owes us these."""
    return text.encode("utf-8", "backslashreplace").decode()


def _number(value: float) -> float | str:
    """JSON has no infinity: an answer with NaN in it is infinitely far off."""
    return value if value != inf else "infinite"


def _from_number(value: float | str) -> float:
    return inf if value == "infinite" else float(value)
