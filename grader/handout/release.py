"""Writes the course that students get: everything but the solutions, with practice cases instead.

Only the files that are listed here are copied, so a new file stays behind until someone adds it.
Before the course is written to its place, all of it is searched for parts of the solutions.
"""

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
        for file, source in _files(course, with_solutions):
            (draft / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, draft / file)
        for entry in course.entries.values():
            practice = record(entry, Reference(), usable_processors(), announce)
            write_practice(practice, draft / "problems" / entry.id / FILE)
        write_notebooks(course, draft)
        leaks = list(find_leaks(course, draft, with_solutions))
        if leaks:
            listed = "\n".join(f"  {leak}" for leak in leaks[:20])
            raise ReleaseError(f"Nothing was written: solutions would leak.\n{listed}")
        if destination.exists():
            destination.rmdir()
        draft.rename(destination)
    return sorted(p.relative_to(destination) for p in destination.rglob("*") if p.is_file())


def _files(course: Course, with_solutions: bool) -> Iterator[tuple[str, Path]]:
    yield from shared_files(course)
    yield "README.md", package_root() / "handout" / "release_README.txt"
    for entry in course.entries.values() if with_solutions else ():
        yield f"solutions/{entry.id}/{entry.reference.name}", entry.reference


def shared_files(course: Course) -> Iterator[tuple[str, Path]]:
    """What students and Gradescope get: names below the course's folder, and the files to copy."""
    package = package_root()
    for path in sorted(path for pattern in PACKAGE for path in package.rglob(pattern)):
        yield f"grader/{path.relative_to(package).as_posix()}", path
    yield "pyproject.toml", package.parent / "pyproject.toml"
    for entry in course.entries.values():
        for name in STATEMENT:
            yield f"problems/{entry.id}/{name}", entry.folder / name


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
