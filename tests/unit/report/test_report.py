"""Reports as data: the kind of each, as JSON and back, in the folder of results, and counted."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import signal
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.class_states import received
from support.course import ROOT, square
from support.fuzzing import examples
from support.synthetic import HOSTILE, synthetic_run

from grader.common import versions
from grader.common.errors import ResultsError
from grader.common.verdict import Verdict
from grader.course.catalogue import load_course
from grader.diagnosis.diagnose import Diagnosis
from grader.diagnosis.finding import Finding
from grader.diagnosis.further_look import SMALL_ARE_RIGHT, UNSTEADY
from grader.diagnosis.misplaced import _moved, _without
from grader.grading.grade_one import final_judgement, grade_submission
from grader.judging.judge import judge
from grader.judging.judgement import Kind
from grader.judging.outcome import Answer, Death, Flood, Garbage, Outcome, TimeOut, Violation
from grader.report.report import Report, judge_error
from grader.report.report_json import from_json, to_json
from grader.report.results_folder import STATE, WHOLE, ResultsFolder, read_run, report_name
from grader.report.run import Run
from grader.report.schema import FILE, schema_text
from grader.sandbox.bare import Bare
from grader.submissions import Submission
from grader.worker.frames import Raised, Use
from grader.writers.common_mistakes import common_mistakes, mistake_of

RIGHT = np.linspace(-1, 1, 50).reshape(1, 5, 10)


def an(values: np.ndarray, dtype: str = "float32") -> Answer:
    return Answer(values.shape, dtype, values.size, values.ravel().astype(np.float32))


def raised(stage: str, name: str = "", message: str = "", line: str = "") -> Raised:
    return Raised(stage, name, message, "line 3", line)


OUTCOMES: list[tuple[Kind, Outcome]] = [
    (Kind.ACCEPTED, an(RIGHT)),
    (Kind.ACCEPTED, an(RIGHT.ravel())),
    (Kind.WRONG_SIZE, Answer((3,), "float32", 3, None)),
    (Kind.NOT_FINITE, an(RIGHT * math.nan)),
    (Kind.NOT_FINITE, an(RIGHT * math.inf)),
    (Kind.LOW_PRECISION, an(RIGHT * (1 + 1e-4))),
    (Kind.LOW_PRECISION, an(RIGHT * 2, "bfloat16")),
    (Kind.WRONG_VALUES, an(RIGHT * 2)),
    (Kind.NOT_STARTED, raised("run", "NotImplementedError", "", "raise NotImplementedError")),
    (Kind.EXCEPTION, raised("run", "NotImplementedError", "", "abstract()")),
    (Kind.SYNTAX_ERROR, raised("syntax", "", "invalid syntax")),
    (Kind.IMPORT_ERROR, raised("run", "ModuleNotFoundError", "No module named 'torch'")),
    (Kind.IMPORT_ERROR, raised("run", "ImportError", "cannot import name 'x'")),
    (Kind.MISSING_FUNCTION, raised("missing", "", "no function")),
    (Kind.WRONG_SIGNATURE, raised("signature", "", "2 parameters")),
    (Kind.EXCEPTION, raised("run", "ValueError", "no")),
    (Kind.EXCEPTION, raised("run", "PermissionError", "no")),
    (Kind.NO_RESULT, raised("result", "", "a NoneType")),
    (Kind.NOT_AN_ARRAY, raised("result", "", "a str")),
    (Kind.NOT_AN_ARRAY, raised("result", "ValueError", "inhomogeneous")),
    (Kind.KILLED, Death(signal.SIGKILL, 0)),
    (Kind.CRASHED, Death(signal.SIGSEGV, 0)),
    (Kind.EXITED, Death(0, 3)),
    (Kind.GARBAGE, Garbage("no frame")),
    (Kind.TIME_LIMIT, TimeOut(20.0)),
    (Kind.MEMORY_LIMIT, raised("run", "MemoryError", "")),
    (Kind.MEMORY_LIMIT, Death(signal.SIGABRT, 0, "std::bad_alloc")),
    (Kind.OUTPUT_LIMIT, Flood(2**20)),
    (Kind.RULE_BROKEN, Violation((Use("conv_general_dilated"),))),
]


@pytest.mark.parametrize(("kind", "outcome"), OUTCOMES)
def test_each_outcome_has_its_kind(kind: Kind, outcome: Outcome) -> None:
    judgement = judge(square().entry.problem, square().cases[0], RIGHT, outcome)
    assert (judgement.kind, judgement.verdict) == (kind, kind.verdict)
    assert judgement.raised == (outcome.type if kind is Kind.EXCEPTION else "")  # type: ignore[union-attr]
    assert final_judgement([judgement]).kind is kind


def test_each_kind_is_made(tmp_path: Path) -> None:
    strict = dataclasses.replace(square().entry.problem, shape="required")
    assert judge(strict, square().cases[0], RIGHT, an(RIGHT.ravel())).kind is Kind.WRONG_SHAPE
    link = tmp_path / "patch_embed_cls.py"
    link.symlink_to("/etc/passwd")
    submission = Submission("sam", link, "patch_embed_cls")
    linked = grade_submission(square(), submission, Bare())
    assert (linked.kind, linked.verdict) == (Kind.UNREADABLE, Verdict.RUN_TIME_ERROR)
    failed = judge_error(square().entry, submission, "bare", RuntimeError("gone"))
    assert (failed.kind, failed.verdict) == (Kind.NOT_MARKED, Verdict.JUDGE_ERROR)
    others = {Kind.WRONG_SHAPE, Kind.UNREADABLE, Kind.NOT_MARKED}
    assert {kind for kind, _ in OUTCOMES} | others == set(Kind)
    assert {kind.verdict for kind in Kind} == set(Verdict)


def test_findings_have_ids_of_their_own() -> None:
    problem = load_course(ROOT).get("patch_embed_cls").problem
    assert problem.view is not None
    view = problem.view(square().cases[0])
    tokens = square().expected[0].reshape(view.images, -1, view.features)
    found = [finding for finding, _ in _moved(view, tokens)]
    for name in ("pos_embed", "cls_token"):
        found += [finding for finding, _ in _without(view, tokens, name, tokens)]
    found += [UNSTEADY, SMALL_ARE_RIGHT]
    ids = [finding.id for finding in found]
    assert len(set(ids)) == len(ids) == len({f.sentence for f in found})
    assert all(re.fullmatch(r"[a-z-]+(:[a-z_,-]+)*", finding.id) for finding in found)


# --- as JSON --------------------------------------------------------------------------------------

TEXT = st.text() | st.sampled_from(HOSTILE)
NUMBERS = st.floats(0, allow_nan=False, allow_infinity=False, width=32)
FINDINGS = st.builds(Finding, st.from_regex(r"[a-z-]{1,20}", fullmatch=True), TEXT)


def changed(number: int, what: object, where: object, **new: Any) -> Report:
    reports = synthetic_run(120).reports
    report = reports[number % len(reports)]
    found = dataclasses.replace(report.diagnosis, what=what, where=where)
    return dataclasses.replace(report, diagnosis=found, **new)


REPORTS = st.builds(
    changed,
    st.integers(0, 1000),
    st.lists(FINDINGS, max_size=3).map(tuple),
    st.none() | FINDINGS,
    student=TEXT,
    submission=TEXT,
    kind=st.sampled_from(Kind),
    message=TEXT,
    raised=TEXT,
    notes=st.lists(TEXT, max_size=2).map(tuple),
    case_note=TEXT,
    output=TEXT,
    detail=TEXT,
    seconds=NUMBERS,
)


def plain(value: object) -> object:
    """Any value, comparable: arrays as bytes, and texts as JSON can hold them."""
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, [float(f"{number:.4g}") for number in value.ravel()]
    if dataclasses.is_dataclass(value):
        return [plain(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value.encode("utf-8", "backslashreplace") if type(value) is str else value


@given(REPORTS)
@examples(100)
def test_a_report_comes_back_as_it_was(report: Report) -> None:
    written = to_json(report)
    again = from_json(written, Report)
    assert plain(again) == plain(report)
    assert to_json(again) == written
    json.loads(written, parse_constant=pytest.fail)  # no NaN, no Infinity


def test_a_run_comes_back_and_fits_the_schema() -> None:
    written = to_json(synthetic_run(120))
    document = json.loads(written)
    jsonschema.validate(document, json.loads(FILE.read_text()))
    again = from_json(written, Run)
    assert to_json(again) == written
    assert plain(again.reports) == plain(synthetic_run(120).reports)
    scores = [report.score for report in synthetic_run(120).reports]
    assert [report["score"] for report in document["reports"]] == scores
    for broken in ({"reports": [{}]}, {"seed": None}, {"more": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**document, **broken}, json.loads(FILE.read_text()))


def test_the_schema_is_that_of_the_types() -> None:
    assert FILE.read_text("utf-8") == schema_text(), "write it anew: python -m grader.report.schema"


# --- in a folder ----------------------------------------------------------------------------------


def heat_map_of(document: dict[str, Any]) -> dict[str, Any]:
    """The first heat map in a run."""
    diagnoses = (report["diagnosis"] for report in document["reports"])
    return next(diagnosis["heat"] for diagnosis in diagnoses if diagnosis["heat"])


def test_a_file_that_is_none_of_ours_is_told_with_its_name(tmp_path: Path) -> None:
    written = to_json(synthetic_run(120))
    document = json.loads(written)
    short = {**document, "reports": [{**document["reports"][0], "kind": "odd"}]}
    ragged, flat = json.loads(written), json.loads(written)
    heat_map_of(ragged)["off"] = [[1], [2, 3]]
    heat_map_of(flat)["off"] = [1]
    for data in (
        b"",
        b"{}",
        b"[1]",
        b"\xff\xfe",
        b"[" * 100_000,
        written[: len(written) // 2],
        json.dumps({**document, "schema": 3}).encode(),
        json.dumps(short).encode(),
        json.dumps(ragged).encode(),
        json.dumps(flat).encode(),
    ):
        (tmp_path / WHOLE).write_bytes(data)
        with pytest.raises(ResultsError, match=re.escape(str(tmp_path / WHOLE))):
            read_run(tmp_path)
    (tmp_path / WHOLE).write_bytes(written)
    assert to_json(read_run(tmp_path)) == written


def test_a_report_belongs_to_all_that_decides_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "one.py").write_text("x = 1\n")
    monkeypatch.setattr(versions, "package_root", lambda: package)
    versions.conditions.cache_clear()
    entry = square().entry
    submission = Submission("sam", tmp_path / "x.py", entry.id)
    try:
        name = report_name(submission, entry, "0", 1)
        others = [
            report_name(submission, entry, "1", 1),
            report_name(submission, entry, "0", 2),
            report_name(submission, entry.limited(total_seconds=1.0), "0", 1),
            report_name(dataclasses.replace(submission, student="sue"), entry, "0", 1),
            report_name(dataclasses.replace(submission, notes=("a note",)), entry, "0", 1),
        ]
        (package / "one.py").write_text("x = 2\n")
        versions.conditions.cache_clear()
        others.append(report_name(submission, entry, "0", 1))
        (package / "one.py").write_text("x = 1\n")
        versions.conditions.cache_clear()
        assert report_name(submission, entry, "0", 1) == name
        assert len({name, *others}) == 7
    finally:
        versions.conditions.cache_clear()


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    report = next(report for report in synthetic_run(120).reports if report.diagnosis.heat)
    with ResultsFolder(folder, 1) as results:
        item = received("sam", reports=("a" * 40, "b" * 40))
        results.save(results.state.with_command((), [item], (), ()))
        results.keep("a" * 40, report)
        before = results.state
    with ResultsFolder(folder, 2) as results:
        assert results.state == before
        assert results.state.seed == 1
        assert plain(results.reports()["a" * 40]) == plain(report)
        assert len(results.reports()) == 1


def test_a_folder_whose_first_run_was_killed_can_be_used(tmp_path: Path) -> None:
    for leftover in ((), (f".{STATE}.x7",)):
        folder = tmp_path / f"results{len(leftover)}"
        folder.mkdir()
        for name in leftover:
            (folder / name).write_text('{"form')
        with ResultsFolder(folder, 5):
            pass
        with ResultsFolder(folder, 9) as results:
            assert results.state.seed == 5
    (tmp_path / "results1" / "gradebook.csv").touch()
    (tmp_path / "results1" / STATE).unlink()
    with pytest.raises(ResultsError, match="other things than results"):
        ResultsFolder(tmp_path / "results1", 5)


def test_the_state_is_written_before_all_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a run is killed, the folder it leaves can be used again."""

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    folder = tmp_path / "results"
    monkeypatch.setattr("grader.common.folders.Folder.write", die)
    with pytest.raises(Killed):
        ResultsFolder(folder, 5)
    monkeypatch.undo()
    with ResultsFolder(folder, 5) as results:
        assert results.state.seed == 5


def test_a_folder_of_another_version_stays_as_it_is(tmp_path: Path) -> None:
    for name, text in (("run.json", '{"format": 4}'), (STATE, '{"format": 4, "seed": 1}')):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_text(text)
        with pytest.raises(ResultsError, match="another version"):
            ResultsFolder(folder, 5)
        assert [path.read_text() for path in folder.iterdir()] == [text]


# --- counted --------------------------------------------------------------------------------------


def test_mistakes_are_counted_by_ids_and_kinds_and_not_by_words() -> None:
    report = synthetic_run(120).reports[0]

    def a(kind: Kind, *what: Finding, raised: str = "", message: str = "") -> Report:
        return dataclasses.replace(
            report,
            verdict=kind.verdict,
            kind=kind,
            raised=raised,
            message=message,
            diagnosis=Diagnosis(what=what),
        )

    one, other = Finding("factor:2", "Twice."), Finding("factor:2", "Two times.")
    reports = [
        a(Kind.EXCEPTION, raised="ValueError", message="It raises ValueError: 1"),
        a(Kind.WRONG_VALUES, one),
        a(Kind.LOW_PRECISION, other),
        a(Kind.EXCEPTION, raised="ValueError", message="It raises ValueError: 2"),
        a(Kind.EXCEPTION, raised="KeyError"),
        a(Kind.WRONG_VALUES, other, one),
        a(Kind.WRONG_VALUES),
    ]
    counted = [(m.id, m.sentence, len(who)) for m, who in common_mistakes(reports)]
    assert counted == [
        ("factor:2", "Twice.", 3),
        ("exception:ValueError", "It raises ValueError.", 2),
        ("exception:KeyError", "It raises KeyError.", 1),
        ("wrong_values", "Wrong values: the grader found no cause.", 1),
    ]
    for kind in Kind:
        mistake = mistake_of(a(kind))
        assert mistake.id == kind.value
        unknown = kind.verdict is Verdict.WRONG_ANSWER
        assert mistake.sentence.endswith(": the grader found no cause.") == unknown
