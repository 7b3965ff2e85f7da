"""Writes the class report, `index.html`, and two pages for each student: what the instructor reads,
and what the student gets back. All open from disk.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path

from ..common.folders import open_folder
from ..report.run import Run
from .class_page import class_page
from .feedback import feedback_page
from .pages import page_names, student_page

_INDEX, _NEW = "index.html", ".class-report.new"
_PAGE = re.compile(r"[1-9][0-9]*-[A-Za-z0-9]+\.html")  # as `page_name` names them
FEEDBACK = "feedback"
_FOLDERS = {"students": student_page, FEEDBACK: feedback_page}


def write_class_report(run: Run, folder: Path) -> None:
    """Writes `folder`/index.html, students/*.html and feedback/*.html, and removes pages of earlier
    runs.

    All pages are written to a folder beside them first, so a full disk leaves the earlier report.
    Nothing else in the folder is touched. Raises OSError.
    """
    names = page_names(run)
    with ExitStack() as stack:
        enter = stack.enter_context
        results = enter(open_folder(folder, make=0o777))
        results.remove_all(_NEW)  # of a run that was killed
        stack.callback(results.remove_all, _NEW)
        new = enter(results.inside(_NEW, make=0o777))
        # Each page's folder, and the new one.
        places = {
            part: (enter(results.inside(part, 0o777)), enter(new.inside(part, 0o777)))
            for part in _FOLDERS
        }
        for part, page in _FOLDERS.items():
            last, first = places[part]
            for number, name in enumerate(names.values(), 1):
                first.write(name, page(run, number).encode(), last.permissions(name))
        new.write(_INDEX, class_page(run).encode(), results.permissions(_INDEX))
        for last, first in places.values():
            for name in names.values():
                first.move(name, last, name)
        new.move(_INDEX, results, _INDEX)
        for last, _ in places.values():
            for name in last.names():
                if _PAGE.fullmatch(name) and name not in names.values():
                    last.remove(name)
