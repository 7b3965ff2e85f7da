"""Writes the course that students get: everything but the solutions, with practice cases instead.

Only the files that are listed here are copied, so a new file stays behind until someone adds it.
Before the course is written to its place, all of it is searched for parts of the solutions.
"""

from __future__ import annotations

import ast
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..common.errors import ReleaseError
from ..common.files import package_root
from ..common.processors import usable_processors
from ..course.catalogue import Course, Entry
from ..course.files import STATEMENT, bank
from ..oracle.practice import FILE, record, write_practice
from ..oracle.record_mistakes import Announce
from ..oracle.reference import Reference
from .notebooks import write_notebooks

PACKAGE = ("*.py", "*.json", "*.txt", "*.css", "*.js", "*.jinja", "py.typed")
SHORTEST_TELLING_LINE = 25  # characters; shorter lines are anybody's
SHORTEST_TELLING_NAME = 12


def release(
    course: Course, destination: Path, with_solutions: bool, announce: Announce
) -> list[Path]:
    """Writes the course, and returns the files, relative to it. Raises ReleaseError, CourseError.

    with_solutions: for after the deadline; with the references, still without the banks.
    """
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise ReleaseError(f"{destination} exists already. Name a new folder.")
    if course.broken:
        raise next(iter(course.broken.values()))
    destination.absolute().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.absolute().parent, prefix=".release-") as name:
        draft = Path(name) / "course"
        _copy(course, draft, with_solutions)
        for entry in course.entries.values():
            practice = record(entry, Reference(), usable_processors(), announce)
            write_practice(practice, draft / "problems" / entry.id / FILE)
        write_notebooks(course, draft)
        leaks = list(find_leaks(course, draft, with_solutions))
        if leaks:
            listed = "\n".join(f"  {leak}" for leak in leaks[:20])
            raise ReleaseError(f"Nothing was written: solutions would leak.\n{listed}")
        draft.chmod(0o755)
        if destination.exists():
            destination.rmdir()
        draft.rename(destination)
    return sorted(p.relative_to(destination) for p in destination.rglob("*") if p.is_file())


def _copy(course: Course, draft: Path, with_solutions: bool) -> None:
    source = package_root()
    for path in sorted(p for pattern in PACKAGE for p in source.rglob(pattern)):
        _take(path, draft / "grader" / path.relative_to(source))
    for entry in course.entries.values():
        for name in STATEMENT:
            _take(entry.folder / name, draft / "problems" / entry.id / name)
        if with_solutions:
            _take(entry.reference, draft / "solutions" / entry.id / entry.reference.name)
    _take(source.parent / "pyproject.toml", draft / "pyproject.toml")
    _take(source / "handout" / "release_README.txt", draft / "README.md")


def _take(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)


def find_leaks(course: Course, draft: Path, with_solutions: bool) -> Iterator[str]:
    """The places in a release that hold something of the solutions: a line, a file's name."""
    texts = {
        path: path.read_bytes().decode("utf-8", "replace")
        for path in sorted(draft.rglob("*"))
        if path.is_file()
    }
    for path in texts:
        inside = path.relative_to(draft)
        if inside.parts[0] == "solutions" and not (with_solutions and path.name == "reference.py"):
            yield f"{inside} is a solution"
    for entry in course.entries.values():
        lines = set() if with_solutions else _telling_lines(entry)
        names = {path.stem for path in bank(entry.solutions / "wrong_answer")}
        names = {n for n in names if "_" in n and len(n) >= SHORTEST_TELLING_NAME}
        for path, text in texts.items():
            for line in sorted(lines):
                if line in text:
                    yield f"{path.relative_to(draft)} holds a line of {entry.id}: {line}"
            for name in sorted(names):
                if name in text or name == path.stem:
                    yield f"{path.relative_to(draft)} names a file of {entry.id}: {name}"


def _telling_lines(entry: Entry) -> set[str]:
    """The lines of the reference that are in a solution only."""
    text = entry.reference.read_text("utf-8")
    known = {
        line.strip()
        for name in STATEMENT
        for line in (entry.folder / name).read_text("utf-8").splitlines()
    }
    documentation = ast.get_docstring(ast.parse(text), clean=False) or ""
    lines = {line.strip() for line in text.replace(documentation, "").splitlines()}
    return {
        line
        for line in lines - known
        if len(line) >= SHORTEST_TELLING_LINE
        and not line.startswith(("#", "import ", "from ", "def ", '"""'))
    }
