"""Reports as JSON and back. The types here are the form of it; `report.schema.json` is made of them
by `python -m grader.report.schema`.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, TypeVar, get_args

import msgspec
import numpy as np

from ..common.text import encodable
from ..common.verdict import Verdict
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.finding import Finding
from ..diagnosis.heat_map import HeatMap
from ..diagnosis.pixels_read import Reading
from ..judging.kind import Kind
from ..submissions import NotUnderstood
from ..submissions.student import Student
from .report import CaseReport, GroupReport, Report
from .run import GradedProblem, Run

T = TypeVar("T")
SCHEMA: Literal[3] = 3
AXES = {np.float64: 2, np.bool_: 3}  # of the arrays in a report: a heat map's, a reading's
RENAMED = {"problem_id": "problem", "what": "findings", "heat": "heat_map"}


class ReportForm(msgspec.Struct, frozen=True, rename=RENAMED, forbid_unknown_fields=True):
    """One graded submission, with all that is known of it.

    student: the name of their folder. sha256: of the file's bytes, null if it was not read.
    problem_version changes whenever the problem's cases or its reference do. kind: what happened,
    finer than the verdict. score: null for a judge error, since nothing has been judged. findings:
    what its answers show to be wrong, the most telling first. where: the property that its failing
    cases have and no other. example: lines that show the smallest public case that fails. groups:
    their points add up to the score. raised: the type of an exception. output: what it printed,
    capped. detail: of a judge error.
    """

    student: str
    submission: str
    sha256: str | None
    problem_id: str
    problem_version: str
    verdict: Verdict
    kind: Kind
    score: int | None
    max_score: int
    message: str
    raised: str
    what: tuple[Finding, ...]
    where: Finding | None
    example: tuple[str, ...]
    heat: HeatMap | None
    reading: Reading | None
    notes: tuple[str, ...]
    groups: tuple[GroupReport, ...]
    cases: tuple[CaseReport, ...]
    output: str
    seconds: float
    sandbox: str
    detail: str
    versions: dict[str, str]


class RunForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grading run.

    schema: the version of this form. seed: repeats the run with --seed. students: everyone in the
    roster, and everyone else who handed in. not_understood: what was not graded, and why.
    """

    schema: Literal[3]
    seed: int
    problems: tuple[GradedProblem, ...]
    students: tuple[Student, ...]
    reports: tuple[ReportForm, ...]
    not_understood: tuple[NotUnderstood, ...]


def run_to_json(run: Run) -> bytes:
    """A whole run, in the form of the schema."""
    reports = tuple(map(_form, run.reports))
    form = RunForm(SCHEMA, run.seed, run.problems, run.students, reports, run.not_understood)
    return to_json(form)


def run_from_json(data: bytes) -> Run:
    """The run again. Raises ValueError if it is none of ours."""
    form = from_json(data, RunForm)
    reports = tuple(map(_report, form.reports))
    return Run(form.seed, form.problems, form.students, reports, form.not_understood)


def report_to_json(report: Report) -> bytes:
    """One report. It keeps everything but what is used in the run alone."""
    return to_json(_form(report))


def report_from_json(data: bytes) -> Report:
    """The report again. Raises ValueError if it is none of ours."""
    return _report(from_json(data, ReportForm))


def to_json(form: msgspec.Struct) -> bytes:
    """Any form as JSON, without characters that are none (bytes in the name of a file)."""
    plain = encodable(msgspec.to_builtins(form, enc_hook=_write))
    return msgspec.json.format(msgspec.json.encode(plain), indent=1) + b"\n"


def from_json(data: bytes, form: type[T]) -> T:
    """Reads what `to_json` wrote. Raises ValueError for anything else."""
    try:
        return msgspec.json.decode(data, type=form, dec_hook=_read)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _form(report: Report) -> ReportForm:
    """The parts of a diagnosis stand among those of the report."""
    parts = {**vars(report.diagnosis), **vars(report), "score": report.score}
    return msgspec.convert(SimpleNamespace(**parts), ReportForm, from_attributes=True)


def _report(form: ReportForm) -> Report:
    diagnosis = msgspec.convert(form, Diagnosis, from_attributes=True)
    parts = {**msgspec.structs.asdict(form), "diagnosis": diagnosis}
    return msgspec.convert(SimpleNamespace(**parts), Report, from_attributes=True)


def _write(value: Any) -> Any:
    """What JSON doesn't have. A number that is not finite becomes null."""
    if isinstance(value, Path):
        return str(value)
    if value.dtype == bool:
        return value.astype(int).tolist()
    return np.vectorize(lambda number: float(f"{number:.4g}"), otypes=[float])(value).tolist()


def _read(kind: Any, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    dtype = get_args(get_args(kind)[1])[0]
    array = np.array(value, dtype)
    if array.ndim != AXES[dtype]:
        raise ValueError(f"an array of {array.ndim} axes")
    return array if dtype is np.bool_ else np.where(np.isnan(array), np.inf, array)
