"""A results folder in which anything may have been changed: it is used, or refused with a name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.class_states import PROBLEM, received
from support.synthetic import synthetic_run

from grader.cli.main import main
from grader.common.errors import DecisionsError, GraderError, ResultsError
from grader.report.class_state import ClassState
from grader.report.decisions import FILE
from grader.report.report_json import to_json
from grader.report.results_folder import (
    REPORTS,
    STATE,
    WHOLE,
    ResultsFolder,
    read_run,
    read_state,
)
from grader.submissions.read_roster import Roster
from grader.submissions.roster import Student

DIGEST = "a" * 40
RUN = synthetic_run(40)
REPORT = next(r for r in RUN.reports if r.problem_id == PROBLEM and r.diagnosis.heat)
READING = next(r for r in RUN.reports if r.diagnosis.reading)

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Results of a class of one, with all that the grader reads again."""
    made = tmp_path / "results"
    item = received(REPORT.student, REPORT.sha256, reports=(DIGEST,))
    roster = Roster((Student(REPORT.student), Student("bo")))
    state = ClassState(1, RUN.problems, roster, {PROBLEM: 12}, "2026-03-01T10:00:00")
    with ResultsFolder(made, 1) as results:
        results.save(state.with_command(("class",), [item], [], []))
        results.keep(DIGEST, REPORT)
    (made / WHOLE).write_bytes(to_json(RUN))
    return made


def change(path: Path, change: Change) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def there(folder: Path) -> dict[str, bytes | str]:
    """All that the folder holds."""
    return {
        str(path.relative_to(folder)): os.readlink(path) if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def put(*keys: str | int, value: Any) -> Change:
    """Puts a value at a place in a document."""

    def change(document: dict[str, Any]) -> None:
        *way, last = keys
        inner: Any = document
        for key in way:
            inner = inner[key]
        inner[last] = value

    return change


def twice(*keys: str | int) -> Change:
    """Repeats the first item of a list."""

    def change(document: dict[str, Any]) -> None:
        inner: Any = document
        for key in keys:
            inner = inner[key]
        inner.append(inner[0])

    return change


NOT_A_STATE: dict[str, Change] = {
    "a negative seed": put("seed", value=-1),
    "a huge seed": put("seed", value=10**400),
    "a seed that is none": put("seed", value="1"),
    "negative commands": put("commands", value=-1),
    "a roster that is none": put("roster", value=[1]),
    "a roster of no students": put("roster", "students", value=[{"name": "Ada"}]),
    "a student twice": twice("roster", "students"),
    "a submission twice": twice("received"),
    "a problem twice": twice("problems"),
    "a group twice": twice("problems", 0, "groups"),
    "points that don't add up": put("problems", 0, "max_score", value=21),
    "negative points": put("problems", 0, "groups", 0, "max_points", value=-1),
    "no files": put("received", 0, "files", value=[]),
    "a file of NUL": put("received", 0, "files", value=["a\0.py"]),
    "no reports": put("received", 0, "reports", value=[]),
    "a report elsewhere": put("received", 0, "reports", value=["../" * 3 + "a" * 31]),
    "an absolute report": put("received", 0, "reports", value=["/etc/passwd"]),
    "a report with a line end": put("received", 0, "reports", value=[DIGEST + "\n"]),
    "a report of another form": put("received", 0, "reports", value=["A" * 40]),
    "a command to come": put("received", 0, "command", value=2),
    "a time that is none": put("received", 0, "handed_in", "time", value="yesterday"),
    "a time too far off": put("received", 0, "handed_in", "time", value="0001-01-01T00:00+14:00"),
    "an age that is none": put("received", 0, "handed_in", "modified", value="NaN"),
    "a due time that is none": put("due", value="soon"),
    "a due time too far off": put("due", value="9999-12-31T23:59:59-14:00"),
    "negative assignments": put("assignments", value={PROBLEM: -1}),
    "assignments that are a list": put("assignments", value=[1]),
    "one assignment for two": put("assignments", value={PROBLEM: 1, "other": 1}),
    "remarks on no path": put("remarks", value=[{"named": [], "passed_over": {"path": 3}}]),
    "remarks on NUL": put("remarks", value=[{"named": [], "passed_over": {"path": "\0"}}]),
}


@pytest.mark.parametrize("what", NOT_A_STATE)
def test_a_state_that_makes_no_sense_is_refused(folder: Path, what: str) -> None:
    change(folder / STATE, NOT_A_STATE[what])
    refused(folder, STATE)


def refused(folder: Path, name: str) -> None:
    """The folder is, by every command that reads it, with the file's name; and it stays."""
    before = there(folder)
    for use in (lambda: ResultsFolder(folder, 1), lambda: read_state(folder)):
        with pytest.raises(ResultsError, match=re.escape(str(folder / name))):
            use()
    assert main(["results", str(folder), "--course", "."]) == 2
    assert there(folder) == before


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"null", b"{", b"\xff" * 9, b"\0" * 99, b"[" * 10**6, b'{"x":' * 10**6],
    ids=["empty", "list", "null", "cut", "bytes", "zeros", "deep list", "deep object"],
)
def test_a_state_of_any_bytes_is_refused(folder: Path, data: bytes) -> None:
    (folder / STATE).write_bytes(data)
    refused(folder, STATE)


def test_not_a_number_is_refused(folder: Path) -> None:
    text = (folder / STATE).read_text()
    for number in ("NaN", "1e999", "Infinity"):
        (folder / STATE).write_text(text.replace('"modified": 0.0', f'"modified": {number}'))
        refused(folder, STATE)


def test_files_of_gigabytes_are_not_read(folder: Path) -> None:
    with ResultsFolder(folder, 1) as results:
        os.truncate(folder / REPORTS / f"{DIGEST}.json", 2**40)
        assert results.reports() == {}
        os.truncate(folder / FILE, 2**40)
        with pytest.raises(DecisionsError, match=f"{FILE} .*more than 10 MiB"):
            results.decisions()
    for name, read in ((STATE, read_state), (WHOLE, read_run)):
        os.truncate(folder / name, 2**40)
        with pytest.raises(ResultsError, match=rf"{re.escape(name)} .*more than [0-9]+ MiB"):
            read(folder)


@pytest.mark.parametrize("name", [STATE, FILE, REPORTS, f"{REPORTS}/{DIGEST}.json"])
@pytest.mark.parametrize("kind", ["link", "dangling", "pipe"])
def test_links_and_pipes_in_place_of_files_are_refused(folder: Path, name: str, kind: str) -> None:
    path = folder / name
    secret = folder.with_name("secret")
    path.rename(secret)
    if kind == "link":
        path.symlink_to(secret)
    elif kind == "dangling":
        path.symlink_to(folder / "gone")
    else:
        os.mkfifo(path)
    with pytest.raises(ResultsError, match=re.escape(str(path))):
        ResultsFolder(folder, 1)
    assert path.is_symlink() or path.is_fifo()
    assert secret.exists()
    assert not (folder / "gone").exists()


NOT_A_RUN: dict[str, Change] = {
    "a seed that is none": put("seed", value=-1),
    "negative points": put("reports", 0, "groups", 0, "points", value=-1),
    "huge points": put("reports", 0, "groups", 0, "points", value=10**300),
    "points that don't add up": put("reports", 0, "max_score", value=1),
    "a verdict of another kind": put("reports", 0, "kind", value="not_marked"),
    "a negative time": put("reports", 0, "seconds", value=-1),
    "a student twice": twice("students"),
    "a report twice": twice("reports"),
    "an unknown student": put("reports", 0, "student", value="nobody"),
    "an unknown problem": put("reports", 0, "problem_id", value="none"),
}


@pytest.mark.parametrize("what", NOT_A_RUN)
def test_a_run_that_makes_no_sense_is_refused(
    folder: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder / WHOLE, NOT_A_RUN[what])
    with pytest.raises(ResultsError, match=re.escape(str(folder / WHOLE))):
        read_run(folder)
    assert main(["explain", str(folder), "bo"]) == 2
    assert WHOLE in capsys.readouterr().err


PICTURES: dict[str, Change] = {
    "no axes": put("heat", "off", value=3),
    "one axis": put("heat", "off", value=[1, 2]),
    "ragged": put("heat", "off", value=[[1], [2, 3]]),
    "empty": put("heat", "off", value=[[]]),
    "negative": put("heat", "off", value=[[-1.0]]),
    "huge": put("heat", "off", value=[[10**400]]),
    "texts": put("heat", "off", value=[["x"]]),
    "objects": put("heat", "off", value=[[{}]]),
    "deep": put("heat", "off", value=json.loads("[" * 90 + "]" * 90)),
    "too few labels": put("heat", "labels", value=[]),
    "fewer tokens than rows": put("heat", "tokens", value=0),
    "negative features": put("heat", "features", value=-3),
    "pixels of 2": put("reading", "does", value=[[[2]]]),
    "pixels of texts": put("reading", "does", value=[[["a"]]]),
    "pixels of another shape": put("reading", "does", value=[[[1]]]),
    "no pixels": put("reading", "should", value=[]),
    "pixels without labels": put("reading", "labels", value=[]),
}


@pytest.mark.parametrize("what", PICTURES)
def test_a_report_with_a_picture_that_is_none_is_missing(folder: Path, what: str) -> None:
    report = replace(REPORT, diagnosis=replace(READING.diagnosis, heat=REPORT.diagnosis.heat))
    with ResultsFolder(folder, 1) as results:
        results.keep(DIGEST, report)
        assert list(results.reports()) == [DIGEST]
        change(folder / REPORTS / f"{DIGEST}.json", lambda d: PICTURES[what](d["diagnosis"]))
        assert results.reports() == {}


def test_an_untouched_folder_is_read(folder: Path) -> None:
    assert main(["results", str(folder), "--course", "."]) == 0
    assert [report.student for report in read_run(folder).reports] == [REPORT.student]


def test_every_error_says_what_to_do(folder: Path) -> None:
    change(folder / STATE, put("due", value="soon"))
    with pytest.raises(GraderError, match="Put a copy of the file back, or name another folder"):
        read_state(folder)
