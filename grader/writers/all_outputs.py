"""All outputs of a run, in its results folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ..common.folders import Folder, open_folder
from ..common.text import quote
from ..report.report_json import to_json
from ..report.results_folder import WHOLE
from ..report.run import Run
from ..submissions.canvas_columns import CanvasColumn
from .class_report import write_class_report
from .feedback_zips import feedback_zips
from .junit import junit_xml
from .tables import CanvasTable, canvas_csv, gradebook_csv, groups_jsonl, results_jsonl

MOST_NAMES = 5


def write_all(
    run: Run,
    folder: Path,
    assignments: Mapping[str, int],
    columns: Sequence[CanvasColumn] = (),
) -> list[str]:
    """Writes each file whole or not at all, and removes what an earlier run wrote and this one
    doesn't. Returns warnings for the reader. Raises OSError.

    assignments: the Canvas number of each problem that is to be in canvas.csv. columns: the
    assignments in the gradebook from Canvas.
    """
    some = any(problem.id in assignments for problem in run.problems)
    canvas = canvas_csv(run, assignments, columns) if some else None
    with open_folder(folder, make=0o777) as opened:
        _write(_files(run, canvas), opened)
        write_class_report(run, folder)
        _write(feedback_zips(run, folder), opened)
    return list(_warnings(canvas)) if canvas else []


def _write(files: Iterable[tuple[str, str | bytes | None]], folder: Folder) -> None:
    for name, content in files:
        if content is None:
            folder.remove(name)
        else:
            folder.write(name, content.encode() if isinstance(content, str) else content)


def _files(run: Run, canvas: CanvasTable | None) -> Iterator[tuple[str, bytes | None]]:
    """Each file, made when it is asked for; None if there is to be none. The pages are beside."""
    yield WHOLE, to_json(run)
    yield "gradebook.csv", gradebook_csv(run).encode()
    yield "canvas.csv", canvas.text.encode() if canvas else None
    yield "results.jsonl", results_jsonl(run).encode()
    yield "groups.jsonl", groups_jsonl(run).encode()
    yield "junit.xml", junit_xml(run).encode()


def _warnings(table: CanvasTable) -> Iterator[str]:
    for students, what in (
        (table.left_out, "not in canvas.csv, since the roster doesn't say what Canvas calls them"),
        (table.emptied, "in canvas.csv with an empty cell, which clears a grade in Canvas"),
    ):
        if students:
            names = ", ".join(quote(student.shown) for student in students[:MOST_NAMES])
            more = " …" if len(students) > MOST_NAMES else ""
            yield f"{len(students)} students are {what}: {names}{more}."
