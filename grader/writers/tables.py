"""Tables of a run: a gradebook for people, one for Canvas, and lines of JSON for analysis."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..common.text import encodable, visible
from ..report.run import Run
from ..submissions.canvas_columns import CanvasColumn
from ..submissions.roster import Student

# Without this mark, Excel reads the file in an old encoding and garbles names.
BYTE_ORDER_MARK = "\ufeff"
CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_NAMES = CANVAS_COLUMNS[1:4]  # Canvas knows a student by any of them
# As Canvas exports it. The importer looks for the words, and people for the blanks.
POINTS_POSSIBLE = "    Points Possible"
LONGEST_CELL = 300  # characters; the names of people and files are shorter
LONGEST_REASONS = 5000

# What a spreadsheet reads as the beginning of a formula, also in its full-width forms. In some
# countries these separators begin a new cell inside of ours.
FORMULA = re.compile(r"(^|[;,|])(\s*)(?=[=+\-@＝＋－＠])")  # noqa: RUF001

Row = list[str | int]


def gradebook_csv(run: Run) -> str:
    """One row for each student: verdict, score and lateness of each problem, and what was decided
    about it by hand; the total, and its maximum.

    A student who handed in nothing gets 0. The score of a judge error, of a conflict and of what
    could not be read is not known, and neither is the total: both cells are empty.
    """
    header: Row = ["student", "name", "email"]
    for problem in run.problems:
        header += [f"{problem.id} {of}" for of in ("verdict", "score", "late", "decided")]
    rows = [[*header, "total", "of"]]
    for student in run.students:
        row: Row = [_text(student.id), _text(student.name), _text(student.email)]
        for problem in run.problems:
            report = run.report(student, problem)
            row += [run.words(student, problem), _number(run.score(student, problem))]
            row.append(report.late if report else "")
            row.append(_text(run.why_decided(student, problem) or "", LONGEST_REASONS))
        total, incomplete = run.total(student)
        rows.append([*row, "" if incomplete else total, run.max_score])
    return BYTE_ORDER_MARK + _csv(rows)


@dataclass(frozen=True)
class CanvasTable:
    """The text of `canvas.csv`, and the students to warn about.

    left_out: students without a row, because the roster has nothing by which Canvas knows them.
    emptied: students with an empty cell. An import clears the grade that is there in Canvas.
    """

    text: str
    left_out: tuple[Student, ...]
    emptied: tuple[Student, ...]


def canvas_csv(
    run: Run, assignments: Mapping[str, int], columns: Iterable[CanvasColumn] = ()
) -> CanvasTable:
    """What Canvas imports: a column for each problem in `assignments`, which has Canvas's ids.

    Canvas matches a column by the number in parentheses; without one it makes a new assignment.
    columns: those of its own export, with the titles that the assignments have there. A cell is
    empty if nothing was handed in or the grader failed, and no one decided the mark. A student with
    only empty cells has no row, so the import changes nothing of theirs. Raises ValueError if no
    problem has an id, or two have the same one.
    """
    problems = [problem for problem in run.problems if problem.id in assignments]
    if not problems:
        raise ValueError("Canvas needs the id of the assignment of at least one problem.")
    ids = [assignments[problem.id] for problem in problems]
    if len(set(ids)) < len(ids):
        raise ValueError("Two problems have the same Canvas assignment id: each needs its own.")
    headers = {column.number: column.header for column in columns}
    named = {p.id: f"{_line(p.title)} ({assignments[p.id]})" for p in problems}
    titles = [_text(headers.get(assignments[p.id], named[p.id])) for p in problems]
    rows: list[Row] = [
        [*CANVAS_COLUMNS, *titles],
        [POINTS_POSSIBLE, "", "", "", "", *(problem.max_score for problem in problems)],
    ]
    left_out, emptied = [], []
    for student in run.students:
        scores = [
            run.score(student, problem)
            if run.report(student, problem) or run.decision(student, problem)
            else None
            for problem in problems
        ]
        if not any(student.canvas.get(name, "").strip() for name in CANVAS_NAMES):
            left_out.append(student)
        elif any(score is not None for score in scores):
            names = {"Student": student.shown, **student.canvas}
            cells = [_text(names.get(column, "")) for column in CANVAS_COLUMNS]
            rows.append([*cells, *map(_number, scores)])
            if None in scores:
                emptied.append(student)
    return CanvasTable(_csv(rows), tuple(left_out), tuple(emptied))


def results_jsonl(run: Run) -> str:
    """One JSON object a line for each student and problem, all with the same keys, none nested.

    Integers: score (null if it is not known), graded_score (before decisions by hand), max_score,
    seed. Numbers: seconds. All else is text,
    null if nothing was handed in. `kind` is what happened, finer than the verdict. `finding_id` (of
    the first finding) stays when the wording of `finding` changes. `late` is "" if it is not late,
    or not known to be.
    """
    return _json_lines(
        {
            "student": student.id,
            "name": student.name,
            "email": student.email,
            "problem": problem.id,
            "verdict": (
                report.verdict.value if report else run.words(student, problem).replace(" ", "_")
            ),
            "kind": report.kind.value if report else None,
            "score": run.score(student, problem),
            "graded_score": decision.graded if decision else run.score(student, problem),
            "decided": run.why_decided(student, problem),
            "max_score": problem.max_score,
            "late": report.late if report else None,
            "handed_in": report.handed_in if report else None,
            "message": report.message if report else unclear.why if unclear else None,
            "finding_id": finding.id if finding else None,
            "finding": finding.sentence if finding else None,
            "seconds": round(report.seconds, 3) if report else 0.0,
            "submission": report.submission if report else None,
            "sha256": report.sha256 if report else None,
            "seed": run.seed,
        }
        for student in run.students
        for problem in run.problems
        for report in [run.report(student, problem)]
        for unclear in [run.unclear(student, problem)]
        for decision in [run.decision(student, problem)]
        for finding in [next(iter(report.diagnosis.findings), None) if report else None]
    )


def groups_jsonl(run: Run) -> str:
    """One JSON object a line for each student, problem and group: `points` of `max_points`, after
    decisions about the group.

    It is a table of its own, since each problem has other groups. What was not judged has no lines.
    """
    return _json_lines(
        {
            "student": student.id,
            "problem": problem.id,
            "group": group.name,
            "purpose": group.purpose,
            "points": group.points,
            "max_points": group.max_points,
        }
        for student in run.students
        for problem in run.problems
        for report in [run.report(student, problem)]
        for group in (report.groups if report else ())
    )


def _number(score: int | None) -> str | int:
    return "" if score is None else score


def _text(text: str, most: int = LONGEST_CELL) -> str:
    """A cell of text that no spreadsheet reads as a formula."""
    return FORMULA.sub(r"\1\2'", _line(text, most))


def _line(text: str, most: int = LONGEST_CELL) -> str:
    """One line without control characters. All other characters stay, so that names are whole."""
    line = " ".join(text.split())
    shown = "".join(visible(c) if unicodedata.category(c) in ("Cc", "Cs") else c for c in line)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _csv(rows: Iterable[Sequence[str | int]]) -> str:
    """Comma-separated as in RFC 4180, with its line ends."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def _json_lines(objects: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(encodable(line), allow_nan=False) + "\n" for line in objects)
