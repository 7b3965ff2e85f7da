"""Finds the modules of a submission: the student's other files of code, which it may use."""

import os
from collections.abc import Sequence
from pathlib import Path

from .student_files import CodeFile
from .submission import code_suffix

MOST_MODULES = 30
MOST_BYTES = 4 * 2**20


def modules_of(file: CodeFile, files: Sequence[CodeFile]) -> tuple[tuple[str, Path], ...]:
    """The student's other files of code, each with its path from this file: Python files first, as
    a notebook can only be run by another (`%run`), and the nearest first.

    Their names are those that the student gave them: `helper.py`, `utils/cut.py`,
    `../src/model.py`. Of two attempts at one module the newer counts.
    """
    found: dict[str, CodeFile] = {}
    for other in sorted(files, key=lambda other: (other.attempt, _modified(other.path))):
        if other.path != file.path:
            folder = os.path.relpath(other.path.parent, file.path.parent)
            name = f"{folder}/{other.stem}{code_suffix(other.path)}"
            found[os.path.normpath(name)] = other
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
