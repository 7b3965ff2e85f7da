"""Finds what a student checks, in the way that `grader grade` finds it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from ..common.errors import CourseError
from ..common.text import quote
from ..course.catalogue import Entry
from ..submissions import Submission, Unreadable, find_submissions
from ..submissions.entry_point import code_text
from ..submissions.own_modules import modules_of
from ..submissions.student_files import CodeFile, code_files, list_folder
from ..submissions.submission import read_file


def submissions_in(path: Path, entries: Collection[Entry]) -> list[Submission]:
    """The submissions that `grader grade` finds at a path. A single file has the student's modules
    too, which lie beside it or in a folder beside it. Raises CourseError if there are none.
    """
    found = find_submissions([path], entries)
    if not found.submissions:
        others = found.not_understood
        raise CourseError(f"{path}: {others[0].why}." if others else f"{path} is empty.")
    if path.is_dir():
        return found.submissions
    return [_with_modules(submission) for submission in found.submissions]


def _with_modules(submission: Submission) -> Submission:
    path = submission.path
    beside = list_folder(path.parent)
    inside = (file for folder in beside.folders for file in list_folder(folder).files)
    modules = modules_of(CodeFile(path, path.stem), code_files([*beside.files, *inside]))
    notes = tuple(f"It imports {quote(m)}: hand that in too." for m in _imported(path, modules))
    return replace(submission, modules=modules, notes=(*submission.notes, *notes))


def _imported(path: Path, modules: Collection[tuple[str, Path]]) -> Iterator[str]:
    """The files and folders of the modules that a file's text seems to import."""
    try:
        text = code_text(path, read_file(path))
    except (Unreadable, OSError):  # which the check itself reports
        return
    for name in dict.fromkeys(name.partition("/")[0] for name, _ in modules):
        module = re.escape(name.removesuffix(".py").removesuffix(".ipynb"))
        if re.search(rf"\b(?:from|import|run)[ \t]+[./'\"]*{module}\b", text):
            yield name
