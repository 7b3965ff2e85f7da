"""Writes the class report, `index.html`, and two pages for each student: what the instructor reads,
and what the student gets back. All open from disk.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from ..report.run import Run
from .class_page import class_page
from .feedback import feedback_page
from .pages import page_names, student_page

_NEW = ".class-report.new"
_PAGE = re.compile(r"[1-9][0-9]*-[A-Za-z0-9]+\.html")  # as `page_name` names them
FEEDBACK = "feedback"
_FOLDERS = {"students": student_page, FEEDBACK: feedback_page}


def write_class_report(run: Run, folder: Path) -> None:
    """Writes `folder`/index.html, students/*.html and feedback/*.html, and removes pages of earlier
    runs.

    All pages are written to a folder beside them first, so a full disk leaves the earlier report.
    Nothing else in the folder is touched. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / _NEW
    shutil.rmtree(new, ignore_errors=True)  # of a run that was killed
    names = page_names(run)
    try:
        for part, page in _FOLDERS.items():
            (new / part).mkdir(parents=True)
            for number, name in enumerate(names.values(), 1):
                (new / part / name).write_text(page(run, number), "utf-8", newline="\n")
        (new / "index.html").write_text(class_page(run), "utf-8", newline="\n")
        for part in _FOLDERS:
            (folder / part).mkdir(exist_ok=True)
            for name in names.values():
                (new / part / name).replace(folder / part / name)
        (new / "index.html").replace(folder / "index.html")
    finally:
        shutil.rmtree(new, ignore_errors=True)
    for part in _FOLDERS:
        for path in (folder / part).iterdir():
            if _PAGE.fullmatch(path.name) and path.name not in names.values():
                path.unlink()
