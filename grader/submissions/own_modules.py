"""Finds the modules of a submission: the student's other files of code, which it may use."""

import os
from collections.abc import Sequence
from pathlib import Path

from .attempts import read_attempt
from .student_files import CodeFile
from .submission import code_suffix

MOST_MODULES = 30
MOST_BYTES = 4 * 2**20


def modules_of(file: CodeFile, files: Sequence[CodeFile]) -> tuple[tuple[str, Path], ...]:
    """The student's other files of code, each with its path from this file: Python files first, as
    a notebook can only be run by another (`%run`), and the nearest first.

    Their names are those that the student gave them: `helper.py`, `utils/cut.py`,
    `../src/model.py`. Of two attempts at one module the newer counts. A name that no import can
    mean (`helper (1).py`) stands for the one that it had before too, if no other file has that.
    """
    found: dict[str, CodeFile] = {}
    copies: dict[str, CodeFile] = {}
    for other in sorted(files, key=lambda other: (other.handed_in.order, _modified(other.path))):
        if other.path != file.path:
            folder = os.path.relpath(other.path.parent, file.path.parent)
            suffix = code_suffix(other.path)
            found[os.path.normpath(f"{folder}/{other.stem}{suffix}")] = other
            if not other.stem.isidentifier():
                stem = read_attempt(other.stem).name
                copies[os.path.normpath(f"{folder}/{stem}{suffix}")] = other
    found = copies | found
    nearest = sorted(found, key=lambda name: (name.endswith(".ipynb"), name.count("/"), name))
    modules, left = [], MOST_BYTES
    for name in nearest[:MOST_MODULES]:
        size = _size(found[name].path)
        if size <= left:  # one that is too large keeps no other out
            left -= size
            modules.append((name, found[name].path))
    return tuple(modules)


def _modified(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:  # it is gone; reading it reports that
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
