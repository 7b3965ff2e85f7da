"""All outputs of a run, into its folder of results."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..common.text import quote
from ..report.results_folder import WHOLE
from ..report.run import Run
from .class_report import write_class_report
from .json_file import write_json
from .junit import write_junit
from .tables import write_canvas, write_gradebook, write_results

MOST_NAMES = 5


def write_all(run: Run, folder: Path, assignments: Mapping[str, int]) -> list[str]:
    """Writes each file whole or not at all; remarks on what the reader should know of them.

    assignments: the Canvas number of each problem that is to be in canvas.csv. Raises OSError.
    """
    write_json(folder / WHOLE, run)
    write_gradebook(folder / "gradebook.csv", run)
    write_results(folder / "results.jsonl", folder / "groups.jsonl", run)
    write_junit(folder / "junit.xml", run)
    write_class_report(run, folder)
    if not assignments:
        return []
    table = write_canvas(folder / "canvas.csv", run, assignments)
    remarks = []
    for students, what in (
        (table.left_out, "not in canvas.csv, since the roster doesn't say what Canvas calls them"),
        (table.emptied, "in canvas.csv with an empty cell, which clears a grade in Canvas"),
    ):
        if students:
            names = ", ".join(quote(student.shown) for student in students[:MOST_NAMES])
            more = " …" if len(students) > MOST_NAMES else ""
            remarks.append(f"{len(students)} students are {what}: {names}{more}.")
    return remarks
