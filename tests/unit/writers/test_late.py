"""Late work is told in every table and page, and changes no mark."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from support.fuzzing import examples
from support.synthetic import synthetic_run

from grader.common.text import visible
from grader.report.run import Run
from grader.writers.class_page import class_page
from grader.writers.junit import junit_xml
from grader.writers.pages import student_page
from grader.writers.student import print_explained
from grader.writers.tables import BYTE_ORDER_MARK, gradebook_csv, results_jsonl
from grader.writers.terminal import Terminal, print_summary, print_table

WORDS = st.sampled_from(["", "late", "late by 2 h 5 min", "late by 1 day (by the file's own time)"])
WHEN = "2026-03-02 02:04 (Blackboard)"


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """A class of whom some are late."""
    run = synthetic_run(draw(st.integers(1, 30)), draw(st.integers(0, 9)))
    return replace(run, reports=tuple(replace(r, late=draw(WORDS)) for r in run.reports))


def late_in(run: Run) -> Mapping[tuple[str, str], str]:
    return {(report.student, report.problem_id): report.late for report in run.reports}


def on_time(run: Run) -> Run:
    return replace(run, reports=tuple(replace(report, late="") for report in run.reports))


@given(runs())
@examples(20)
def test_each_table_says_who_is_late_and_no_mark_changes(run: Run) -> None:
    late = late_in(run)
    tables = [
        list(csv.DictReader(io.StringIO(gradebook_csv(r).lstrip(BYTE_ORDER_MARK), newline="")))
        for r in (run, on_time(run))
    ]
    lines = [json.loads(line) for line in results_jsonl(run).splitlines()]
    for number, student in enumerate(run.students):
        row, same = (table[number] for table in tables)
        for place, problem in enumerate(run.problems):
            told = late.get((student.id, problem.id), "")
            assert row[f"{problem.id} late"] == told
            same[f"{problem.id} late"] = told
            line = lines[number * len(run.problems) + place]
            assert (line["late"] or "") == told
            assert (line["late"] is None) is ((student.id, problem.id) not in late)
        assert row == same
    columns = list(tables[0][0])
    for problem in run.problems:
        assert columns[columns.index(f"{problem.id} score") + 1] == f"{problem.id} late"


@given(runs())
@examples(10)
def test_junit_has_a_property_for_what_is_late_alone(run: Run) -> None:
    def said(run: Run) -> dict[tuple[str | None, str | None], str | None]:
        return {
            (suite.get("name"), item.get("name")): item.get("value")
            for suite in ElementTree.fromstring(junit_xml(run).encode())
            for item in suite.iter("property")
        }

    added = dict(said(run).items() - said(on_time(run)).items())
    assert added == {
        (problem, f"{visible(student)}.late"): late
        for (student, problem), late in late_in(run).items()
        if late
    }


@pytest.mark.parametrize("columns", ["40", "200"])
def test_the_terminal_s_table_has_a_column_if_one_is_late(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    run = synthetic_run(40)
    first, *rest = run.reports
    print_table(Terminal(), [replace(first, late="late by 2 h"), *rest], [])
    _, header, _, *lines = capsys.readouterr().out.split("\n")
    assert header.split() == ["student", "problem", "verdict", "score", "late", "time"]
    rows = [line for line in lines if line.endswith(" s") and "/20 " in line]
    assert ["late by 2 h" in row for row in rows] == [True] + [False] * len(rest)
    start = cell_len(header[: header.index("late")])
    (place,) = {n for n in range(len(rows[0])) if cell_len(rows[0][:n]) == start}
    assert rows[0][place:].startswith("late by 2 h ")


@given(runs())
@examples(10)
def test_a_summary_counts_what_is_late(run: Run) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        console = Terminal()
        with console.capture() as printed:
            print_summary(console, run)
    for problem in run.problems:
        (line,) = (t for t in printed.get().split("\n") if t.startswith(f"{problem.id}: "))
        number = sum(bool(late) for (_, of), late in late_in(run).items() if of == problem.id)
        assert line.endswith(f"; {number} late" if number else line.partition(";")[0])


@pytest.mark.parametrize("late", ["", "late", "late by 2 h"])
@pytest.mark.parametrize("when", ["", WHEN])
def test_pages_and_explain_say_when_and_how_late(
    late: str, when: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = synthetic_run(12)
    report, *rest = run.reports
    student = next(s for s in run.students if s.id == report.student)
    shown = replace(report, late=late, handed_in=when)
    run = replace(run, reports=(shown, *rest))
    both = ", ".join(filter(None, (when, late)))
    page = student_page(run, run.students.index(student) + 1)
    assert page.count("<dt>Handed in</dt>") == bool(both)
    assert (f"<dt>Handed in</dt><dd>{both}</dd>" in page) is bool(both)
    assert class_page(run).count('<span class="quiet">late') == bool(late)
    print_explained(Terminal(), student, run)
    said = [line.strip() for line in capsys.readouterr().out.split("\n")]
    assert said.count(f"Handed in: {both}") == bool(both)
    assert sum(line.startswith("Handed in") for line in said) == bool(both)
