"""Tables of a run: a gradebook for people, one for Canvas, and lines of JSON for analysis."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..common.files import write_whole
from ..common.text import encodable, visible
from ..report.report import Report
from ..report.run import GradedProblem, Run
from ..submissions.student import Student

NOTHING = "nothing handed in"
CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_NAMES = CANVAS_COLUMNS[1:4]  # each of them tells Canvas which student it is
# How Canvas exports it. The importer looks for the words, and people for the blanks.
POINTS_POSSIBLE = "    Points Possible"
LONGEST_CELL = 300  # characters; the names of people and files are shorter

# What makes a spreadsheet take a cell for a formula, also in its full-width forms. Where another
# separator is usual, a spreadsheet begins a new cell inside of ours.
FORMULA = re.compile(r"(^|[;,|])(\s*)(?=[=+\-@＝＋－＠])")  # noqa: RUF001


def gradebook_csv(run: Run) -> str:
    """One row a student, comma-separated: verdict and score of each problem, total, of how many.

    Nothing handed in counts 0. The score of a judge error is not known, and so is not the total:
    both are empty.
    """
    header = ["student", "name", "email"]
    for problem in run.problems:
        header += [f"{problem.id} verdict", f"{problem.id} score"]
    rows: list[list[str | int]] = [[*header, "total", "of"]]
    for student in run.students:
        row: list[str | int] = [_text(student.id), _text(student.name), _text(student.email)]
        scores = [score(run, student, problem) for problem in run.problems]
        for problem, points in zip(run.problems, scores, strict=True):
            row += [_verdict(run.report(student, problem)), "" if points is None else points]
        known = [points for points in scores if points is not None]
        row.append(sum(known) if len(known) == len(scores) else "")
        row.append(sum(problem.max_score for problem in run.problems))
        rows.append(row)
    return _csv(rows)


def write_gradebook(path: Path, run: Run) -> None:
    """Raises OSError.

    Begins with a byte order mark: without one, Excel takes the bytes for those of an old code
    page and garbles names. LibreOffice, Google Sheets and pandas expect it; programs that don't
    have `results.jsonl`.
    """
    write_whole(path, "\ufeff" + gradebook_csv(run))


@dataclass(frozen=True)
class CanvasTable:
    """The text of `canvas.csv`, and what there is to tell about it.

    left_out: who is not in it, since the roster has nothing by which Canvas knows them.
    emptied: who has an empty cell in it. An import clears whatever grade stands there in Canvas.
    """

    text: str
    left_out: tuple[Student, ...]
    emptied: tuple[Student, ...]


def canvas_csv(run: Run, assignments: Mapping[str, int]) -> CanvasTable:
    """What Canvas imports: a column for each problem in `assignments`, which holds Canvas's ids.

    Canvas matches a column by the number in parentheses; without one it would make a new
    assignment. A cell is empty where there is no score to import: nothing was handed in, or the
    grader failed. A student with empty cells only has no row, so that an import changes nothing
    of theirs; so a table of one problem has no empty cell at all. Raises ValueError where no
    problem has an id, or two have the same one.
    """
    problems = [problem for problem in run.problems if problem.id in assignments]
    if not problems:
        raise ValueError("Canvas needs the id of the assignment of at least one problem.")
    ids = [assignments[problem.id] for problem in problems]
    if len(set(ids)) < len(ids):
        raise ValueError("Two problems have the same Canvas assignment id: each needs its own.")
    titles = [
        _text(f"{_line(p.title)} ({number})") for p, number in zip(problems, ids, strict=True)
    ]
    rows: list[list[str | int]] = [
        [*CANVAS_COLUMNS, *titles],
        [POINTS_POSSIBLE, "", "", "", "", *(problem.max_score for problem in problems)],
    ]
    left_out, emptied = [], []
    for student in run.students:
        points = [_handed_in_score(run, student, problem) for problem in problems]
        if not any(student.canvas.get(name, "").strip() for name in CANVAS_NAMES):
            left_out.append(student)
        elif any(number is not None for number in points):
            who = {"Student": student.shown, **student.canvas}
            cells: list[str | int] = [_text(who.get(column, "")) for column in CANVAS_COLUMNS]
            rows.append(cells + ["" if number is None else number for number in points])
            if None in points:
                emptied.append(student)
    return CanvasTable(_csv(rows), tuple(left_out), tuple(emptied))


def write_canvas(path: Path, run: Run, assignments: Mapping[str, int]) -> CanvasTable:
    """Writes the table, without a byte order mark, and returns it. Raises OSError, ValueError."""
    table = canvas_csv(run, assignments)
    write_whole(path, table.text)
    return table


def results_jsonl(run: Run) -> str:
    """One JSON object a line for each student and problem, all with the same keys, none nested.

    Integers: score (null for a judge error), max_score, seed. Numbers: seconds. All else is text,
    null where nothing was handed in: submission, sha256, message, and `kind`, what happened. The
    first finding: `finding_id` stays when words change; `finding`, the sentence, is for people.
    """
    return _json_lines(
        {
            "student": student.id,
            "name": student.name,
            "email": student.email,
            "problem": problem.id,
            "verdict": report.verdict.value if report else NOTHING.replace(" ", "_"),
            "kind": report.kind.value if report else None,
            "score": score(run, student, problem),
            "max_score": problem.max_score,
            "message": report.message if report else None,
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
        for finding in [next(iter(report.diagnosis.findings), None) if report else None]
    )


def groups_jsonl(run: Run) -> str:
    """One JSON object a line for each student, problem and group: `points` of `max_points`.

    A table of its own, since each problem has other groups. What was not judged has no lines.
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


def write_results(results: Path, groups: Path, run: Run) -> None:
    """Writes both tables for analysis. Raises OSError."""
    write_whole(results, results_jsonl(run))
    write_whole(groups, groups_jsonl(run))


def score(run: Run, student: Student, problem: GradedProblem) -> int | None:
    """The points: 0 where nothing was handed in, None where they are not known (judge error)."""
    report = run.report(student, problem)
    return report.score if report else 0


def _handed_in_score(run: Run, student: Student, problem: GradedProblem) -> int | None:
    report = run.report(student, problem)
    return report.score if report else None


def _verdict(report: Report | None) -> str:
    return report.verdict.words if report else NOTHING


def _text(text: str) -> str:
    """A cell of text that no spreadsheet takes for a formula."""
    return FORMULA.sub(r"\1\2'", _line(text))


def _line(text: str) -> str:
    """One line, without control characters; other letters stay, also those that join others."""
    line = " ".join(text.split())
    shown = "".join(visible(c) if unicodedata.category(c) in ("Cc", "Cs") else c for c in line)
    return shown if len(shown) <= LONGEST_CELL else f"{shown[: LONGEST_CELL - 1]}…"


def _csv(rows: Iterable[Sequence[str | int]]) -> str:
    """As RFC 4180 has it, line ends included."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def _json_lines(objects: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(encodable(line), allow_nan=False) + "\n" for line in objects)
