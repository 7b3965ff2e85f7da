"""Zips of the feedback pages, named so that a learning system gives each to its student."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ..report.run import Run
from ..submissions.upload_names import Beginning, canvas_beginning, moodle_beginning
from .class_report import FEEDBACK
from .pages import page_names

ZIPS = {"feedback_canvas.zip": canvas_beginning, "feedback_moodle.zip": moodle_beginning}
NAME = "feedback.html"  # behind what the system wants
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # so that the same pages make the same zip


def feedback_zips(run: Run, folder: Path) -> Iterator[tuple[str, bytes | None]]:
    """The name and the content of each zip, None if the work came in no such form.

    folder: holds the pages. Raises OSError.
    """
    pages = page_names(run)
    for name, beginning in ZIPS.items():
        entries = {
            f"{begins}{NAME}": folder / FEEDBACK / pages[student]
            for begins, student in sorted(_students(run, beginning).items())
        }
        yield name, _zip(entries) if entries else None


def _students(run: Run, beginning: Beginning) -> dict[str, str]:
    """Whose the files are that begin so. Problems count if the system named most of their files;
    and what is of several students is no one's, so that nobody gets the page of another.
    """
    found: dict[str, set[str]] = {}
    for problem in run.problems:
        mine = [report for report in run.reports if report.problem_id == problem.id]
        named = [(begins, r.student) for r in mine if (begins := beginning(r.submission))]
        if 2 * len(named) > len(mine):
            for begins, student in named:
                found.setdefault(begins, set()).add(student)
    return {begins: student for begins, (student, *more) in found.items() if not more}


def _zip(entries: dict[str, Path]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, path in entries.items():
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.create_system = 3  # Unix, whatever writes it
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return data.getvalue()
