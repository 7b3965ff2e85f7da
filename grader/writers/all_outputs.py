"""All outputs of a run, in its results folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ..common.files import write_whole
from ..common.text import quote
from ..report.report_json import to_json
from ..report.results_folder import WHOLE
from ..report.run import Run
from .class_report import write_class_report
from .junit import junit_xml
from .tables import canvas_csv, gradebook_csv, groups_jsonl, results_jsonl

MOST_NAMES = 5


def write_all(run: Run, folder: Path, assignments: Mapping[str, int]) -> list[str]:
    """Writes each file whole or not at all. Returns warnings for the reader. Raises OSError.

    assignments: the Canvas number of each problem that is to be in canvas.csv.
    """
    write_whole(folder / WHOLE, to_json(run))
    write_whole(folder / "gradebook.csv", gradebook_csv(run))
    write_whole(folder / "results.jsonl", results_jsonl(run))
    write_whole(folder / "groups.jsonl", groups_jsonl(run))
    write_whole(folder / "junit.xml", junit_xml(run))
    write_class_report(run, folder)
    return list(_write_canvas(run, folder, assignments)) if assignments else []


def _write_canvas(run: Run, folder: Path, assignments: Mapping[str, int]) -> Iterator[str]:
    table = canvas_csv(run, assignments)
    write_whole(folder / "canvas.csv", table.text)
    for students, what in (
        (table.left_out, "not in canvas.csv, since the roster doesn't say what Canvas calls them"),
        (table.emptied, "in canvas.csv with an empty cell, which clears a grade in Canvas"),
    ):
        if students:
            names = ", ".join(quote(student.shown) for student in students[:MOST_NAMES])
            more = " …" if len(students) > MOST_NAMES else ""
            yield f"{len(students)} students are {what}: {names}{more}."
