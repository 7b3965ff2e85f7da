"""The tables of a run: what their readers take them for, and that marks add up in each."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples
from support.synthetic import HOSTILE, synthetic_run

from grader.common.verdict import Verdict
from grader.report.run import Decided, GradedProblem, Run
from grader.submissions.canvas_columns import CanvasColumn
from grader.submissions.roster import Student
from grader.writers.all_outputs import write_all
from grader.writers.tables import (
    BYTE_ORDER_MARK,
    POINTS_POSSIBLE,
    canvas_csv,
    gradebook_csv,
    groups_jsonl,
    results_jsonl,
)

ASSIGNMENTS = {"vit_patch_embed": 4711, "patch_embed_cls": 4712}
STARTS_A_FORMULA = tuple("=+-@＝＋－＠\t\r")  # noqa: RUF001


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip(BYTE_ORDER_MARK), newline="")))


def with_canvas(run: Run) -> Run:
    """Every student as a Canvas export names them."""
    students = tuple(
        dataclasses.replace(
            student,
            canvas={
                "Student": student.shown,
                "ID": str(1000 + number),
                "SIS User ID": f"S{number}",
                "SIS Login ID": student.id,
                "Section": "01",
            },
        )
        for number, student in enumerate(run.students)
    )
    return dataclasses.replace(run, students=students)


def of_one(name: str) -> Run:
    """A run of one student who handed in nothing."""
    problem = GradedProblem("vit_patch_embed", "Patches", 20)
    who = Student(name, name, name, {"ID": "7", "Student": name, "Section": name})
    return Run(1, (problem,), (who,), ())


@examples(15)
@given(st.integers(0, 30), st.integers(1, 60))
def test_marks_add_up_in_every_table(seed: int, students: int) -> None:
    run = with_canvas(synthetic_run(students, seed))
    gradebook = rows_of(gradebook_csv(run))
    assert len(gradebook) == len(run.students)
    canvas = {row["ID"]: row for row in rows_of(canvas_csv(run, ASSIGNMENTS).text)[1:]}
    lines = [json.loads(line) for line in results_jsonl(run).splitlines()]
    results = {(line["student"], line["problem"]): line for line in lines}
    assert len(results) == len(lines) == len(run.students) * len(run.problems)
    points: dict[tuple[str, str], int] = {}
    for line in map(json.loads, groups_jsonl(run).splitlines()):
        key = line["student"], line["problem"]
        points[key] = points.get(key, 0) + line["points"]
        assert 0 <= line["points"] <= line["max_points"]
    for student, row in zip(run.students, gradebook, strict=True):
        shown: list[str] = []
        for problem in run.problems:
            report = run.report(student, problem)
            score = report.score if report else 0
            as_text = "" if score is None else str(score)
            key = student.id.encode("utf-8", "backslashreplace").decode(), problem.id
            assert row[f"{problem.id} score"] == as_text
            assert results[key]["score"] == score
            if score is not None:
                assert points.get(key, 0) == score
            header = f"{problem.title} ({ASSIGNMENTS[problem.id]})"
            if (line := canvas.get(student.canvas["ID"])) is not None:
                assert line[header] == (as_text if report else "")
            else:
                assert report is None or score is None
            shown.append(as_text)
        assert row["total"] == ("" if "" in shown else str(sum(map(int, shown))))
        assert row["of"] == "40"


def test_what_is_not_known_is_empty_and_what_was_not_handed_in_is_0() -> None:
    rows = rows_of(gradebook_csv(synthetic_run(120)))
    seen = set()
    for student, row in zip(synthetic_run(120).students, rows, strict=True):
        for problem in synthetic_run(120).problems:
            report = synthetic_run(120).report(student, problem)
            verdict, score = row[f"{problem.id} verdict"], row[f"{problem.id} score"]
            if report is None:
                assert (verdict, score) == ("nothing handed in", "0")
                seen.add("nothing")
            elif report.verdict is Verdict.JUDGE_ERROR:
                assert (verdict, score, row["total"]) == ("judge error", "", "")
                seen.add("judge error")
    assert seen == {"nothing", "judge error"}


def test_the_gradebook_is_read_by_spreadsheets_and_by_programs() -> None:
    data = gradebook_csv(synthetic_run(120)).encode()
    assert data.startswith(b"\xef\xbb\xbfstudent,name,email,vit_patch_embed verdict,")
    assert data.count(b"\r\n") == data.count(b"\n") == len(synthetic_run(120).students) + 1


@given(st.sampled_from((*HOSTILE, "a;=1+1", "a, -2", "b|\t@c")) | st.text())
def test_no_cell_of_text_is_a_formula_and_no_row_is_two(name: str) -> None:
    for text in (gradebook_csv(of_one(name)), gradebook_csv(of_one("=" + name))):
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert [len(row) for row in rows] == [9, 9]
        for cell in rows[1]:
            # The separators of other locales begin a cell too.
            for part in re.split("[;,|\t]", cell):
                assert not part.lstrip(" ").startswith(STARTS_A_FORMULA)
            assert all(c.isprintable() or c not in "\r\n\t\0\x1b\x0b" for c in cell)
        text.encode()
    assert rows_of(gradebook_csv(of_one("two\n  lines")))[0]["name"] == "two lines"


def test_an_ordinary_name_stays_as_it_is() -> None:
    for name in ("Müller-Lüdenscheidt, Jr.", "多語言 🙂", "O'Brien", "علی‌رضا"):
        assert rows_of(gradebook_csv(of_one(name)))[0]["name"] == name


def test_canvas_finds_its_columns_its_rows_and_its_assignments() -> None:
    """By the rules of its importer: how it knows the header, the second row and an assignment."""
    run = with_canvas(synthetic_run(120))
    table = canvas_csv(run, ASSIGNMENTS)
    header, possible, *rows = csv.reader(io.StringIO(table.text, newline=""))
    assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    for title, problem in zip(header[5:], run.problems, strict=True):
        assert (match := re.fullmatch(r"(.*)\s\((\d+)\)", title))
        assert match.groups() == (problem.title, str(ASSIGNMENTS[problem.id]))
    assert possible == [POINTS_POSSIBLE, "", "", "", "", "20", "20"]
    assert POINTS_POSSIBLE == "    Points Possible"
    ids = [row[1] for row in rows]
    assert len(set(ids)) == len(ids)
    by_id = {student.canvas["ID"]: student for student in run.students}
    for row in rows:
        student = by_id[row[1]]
        assert len(row) == 7
        assert any(row[5:])
        assert (student in table.emptied) == ("" in row[5:])
    assert table.left_out == ()
    missing = [s for s in run.students if s.canvas["ID"] not in ids]
    reports = [run.report(student, problem) for student in missing for problem in run.problems]
    assert missing
    assert all(report is None or report.score is None for report in reports)
    # Canvas guesses the separator from the first three lines.
    assert all(len(next(csv.reader([line]))) == 7 for line in table.text.splitlines()[:3])


def test_canvas_gets_only_problems_with_an_id_and_students_it_knows() -> None:
    known = with_canvas(synthetic_run(120)).students[: len(synthetic_run(120).students) // 2]
    unknown = tuple(
        dataclasses.replace(student, canvas={"Student": student.id, "ID": " ", "Section": "02"})
        for student in synthetic_run(120).students[len(known) :]
    )
    run = dataclasses.replace(synthetic_run(120), students=known + unknown)
    table = canvas_csv(run, {"patch_embed_cls": 5, "another": 6})
    header, _, *rows = csv.reader(io.StringIO(table.text, newline=""))
    assert header[5:] == [f"{run.problems[1].title} (5)"]
    assert table.left_out == unknown
    assert table.emptied == ()  # with one problem there is never a cell to be cleared
    assert {row[1] for row in rows} <= {student.canvas["ID"] for student in known}
    assert table.text.startswith("Student,")


def test_a_column_has_the_title_that_it_has_in_canvas() -> None:
    columns = [CanvasColumn(4711, "Homework 1"), CanvasColumn(1, "Other")]
    text = canvas_csv(with_canvas(synthetic_run(3)), ASSIGNMENTS, columns).text
    header = next(csv.reader(io.StringIO(text)))
    assert header[5:] == ["Homework 1 (4711)", f"{synthetic_run(3).problems[1].title} (4712)"]


def test_canvas_csv_of_an_earlier_run_is_removed(tmp_path: Path) -> None:
    run = with_canvas(synthetic_run(3))
    write_all(run, tmp_path, ASSIGNMENTS)
    assert (tmp_path / "canvas.csv").is_file()
    write_all(run, tmp_path, {"another": 1})
    assert not (tmp_path / "canvas.csv").exists()
    write_all(run, tmp_path, {})


def test_canvas_is_not_asked_to_make_assignments() -> None:
    for nothing in ({}, {"another": 1}):
        with pytest.raises(ValueError, match="id of the assignment"):
            canvas_csv(synthetic_run(120), nothing)
    with pytest.raises(ValueError, match="same Canvas assignment"):
        canvas_csv(synthetic_run(120), dict.fromkeys(ASSIGNMENTS, 1))


def test_results_are_flat_and_typed() -> None:
    """Each column is of one type, or null: what a table of columns is made from."""
    decided = Decided(synthetic_run(120).students[0].id, "vit_patch_embed", 1, 2, ("late bus",))
    for text, columns in (
        (results_jsonl(dataclasses.replace(synthetic_run(120), decided=(decided,))), 19),
        (groups_jsonl(synthetic_run(120)), 6),
    ):
        lines = text.split("\n")
        assert lines.pop() == ""
        objects = [json.loads(line) for line in lines]
        keys = list(objects[0])
        assert len(keys) == columns
        for key in keys:
            types = {type(line[key]) for line in objects} - {type(None)}
            assert len(types) == 1, key
            assert types <= {str, int, float}, key
        assert all(list(line) == keys for line in objects)
    assert json.loads(results_jsonl(of_one("half\udc80")))["name"] == "half\\udc80"  # no bytes
    results = [json.loads(line) for line in results_jsonl(synthetic_run(120)).splitlines()]
    nothing = [line for line in results if line["verdict"] == "nothing_handed_in"]
    assert nothing
    assert all(line["score"] == 0 and line["submission"] is None for line in nothing)
    failed = [line for line in results if line["verdict"] == "judge_error"]
    assert failed
    assert all(line["score"] is None for line in failed)
