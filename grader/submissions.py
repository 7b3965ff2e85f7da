"""Finds submissions in files and folders, without parsing a byte of them.

A file belongs to a problem by its name (`<problem id>.py`, `<problem id>.ipynb`), else where its
text defines the entry point. The text is only searched; reading it as Python is the worker's
task.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .catalogue import Entry
from .text import quote

SUFFIXES = (".py", ".ipynb")
LARGEST = {".py": 2**20, ".ipynb": 10 * 2**20}  # bytes
NEVER_STUDENTS = {"__pycache__", "__MACOSX"}
SKIPPED_FOLDERS = NEVER_STUDENTS | {"node_modules", "venv", "env", "site-packages"}
DEEPEST = 6  # folders below the one that was named
MOST_FILES = 1000  # for one student
MOST_SEARCHED = 32 * 2**20  # bytes of one student's other files searched for a definition


@dataclass(frozen=True)
class Submission:
    """One file, for one problem, from one student.

    `notes` are remarks for the report, such as other files that were passed over. The bytes are
    read when they are graded, so that a class takes no more memory than a student.
    """

    student: str
    path: Path
    problem_id: str
    notes: tuple[str, ...] = ()

    @property
    def notebook(self) -> bool:
        return self.path.suffix.lower() == ".ipynb"

    def read(self) -> bytes:
        """The file's bytes. Raises Unreadable, with a sentence for the student."""
        return _read(self.path)


class Unreadable(Exception):
    """A submission whose bytes can't be had: too large, a link, no regular file."""


@dataclass(frozen=True)
class NotUnderstood:
    """A path in which no submission was found, and why."""

    path: Path
    why: str


def find_submissions(
    paths: Sequence[Path], entries: Iterable[Entry]
) -> tuple[list[Submission], list[NotUnderstood]]:
    """All submissions under the paths for the given problems, by student; and what is none.

    A path is a file; or a student's folder, with files in it; or a folder of students' folders.
    Nothing is dropped: each file or folder with no submission in it is in the second list.
    """
    wanted = list(entries)
    found: list[Submission] = []
    unknown: list[NotUnderstood] = []
    for path in paths:
        if not path.is_dir() or path.is_symlink():
            groups = [(path.absolute().parent.name, path, [path])]
        else:
            groups = list(_students(path))
        for student, place, files in groups:
            mine, passed_over = _of_student(student, files, wanted, named_alone=place in files)
            found += mine
            unknown += passed_over
            if not mine:
                unknown.append(NotUnderstood(place, _why_nothing(place, files, wanted)))
    return found, unknown


def _students(folder: Path) -> Iterator[tuple[str, Path, list[Path]]]:
    """Student, place and files: the folder itself where it holds files, then each folder in it."""
    entries = _entries(folder, NEVER_STUDENTS)
    folders = [path for path in entries if path.is_dir()]
    files = [path for path in entries if path not in folders]
    loose = [path for path in files if path.suffix.lower() in SUFFIXES]
    if loose:
        yield folder.absolute().name, folder, loose
    for other in files:
        if other not in loose:
            yield folder.absolute().name, other, []
    for student in folders:
        yield student.name, student, [] if student.is_symlink() else list(_walk(student))
    if not loose and not folders:
        yield folder.absolute().name, folder, []


def _walk(folder: Path) -> Iterator[Path]:
    count = 0
    queue = [(folder, 0)]
    while queue:
        here, depth = queue.pop(0)
        for path in _entries(here, SKIPPED_FOLDERS):
            if path.is_dir() and not path.is_symlink():
                if depth < DEEPEST:
                    queue.append((path, depth + 1))
            elif path.suffix.lower() in SUFFIXES:
                count += 1
                if count > MOST_FILES:
                    return
                yield path


def _entries(folder: Path, skipped: set[str]) -> list[Path]:
    """What lies in a folder, in order of name, without what is hidden or to be skipped."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    return [folder / n for n in names if not n.startswith(".") and n not in skipped]


def _of_student(
    student: str, files: list[Path], entries: list[Entry], named_alone: bool
) -> tuple[list[Submission], list[NotUnderstood]]:
    names = {entry.id for entry in entries}
    defined = _definitions([file for file in files if file.stem not in names], entries)
    found, passed_over = [], []
    for entry in entries:
        named = [file for file in files if file.stem == entry.id]
        candidates = named + [file for file in files if entry.id in defined.get(file, ())]
        # A single file graded for a single problem is that problem's, whatever it holds.
        if not candidates and named_alone and len(entries) == 1:
            candidates = files
        if not candidates:
            continue
        # A file with the problem's name counts, then the last handed in, then the first by name.
        chosen, *others = sorted(
            candidates, key=lambda file: (file not in named, -_modified(file), file.name)
        )
        notes = tuple(_passed_over(other, chosen, entry.id) for other in others)
        found.append(Submission(student, chosen, entry.id, notes))
        passed_over += [NotUnderstood(o, n) for o, n in zip(others, notes, strict=True)]
    return found, passed_over


def _definitions(files: list[Path], entries: list[Entry]) -> dict[Path, set[str]]:
    """For each file the ids of the problems whose entry point its text seems to define."""
    defined, searched = {}, 0
    for file in files:
        try:
            data = _read(file)
        except (Unreadable, OSError):
            continue
        searched += len(data)
        if searched > MOST_SEARCHED:
            break
        defined[file] = {entry.id for entry in entries if _defines(data, entry)}
    return defined


def _defines(data: bytes, entry: Entry) -> bool:
    """Whether a text seems to define the entry point: `def f`, `class f`, `as f`, `f =`, `f: T =`.

    Every repetition is bounded, so that no text makes the search slow.
    """
    name = re.escape(entry.problem.entry_point.encode())
    gap = rb"[ \t]{0,20}"
    assigned = rb"\b%b%b(?::[^=\n]{0,200})?=" % (name, gap)
    return re.search(rb"\b(?:def|class|as)[ \t]%b%b\b|%b" % (gap, name, assigned), data) is not None


def _passed_over(other: Path, chosen: Path, problem_id: str) -> str:
    if chosen.stem == problem_id != other.stem:
        why = "has the problem's name"
    else:
        why = "is newer" if _modified(other) < _modified(chosen) else "comes first by name"
    shown, graded = (quote("/".join(file.parts[-2:])) for file in (other, chosen))
    return f"{shown} is for this problem too and was not graded: {graded} {why}."


def _modified(path: Path) -> int:
    try:
        return int(path.lstat().st_mtime)
    except OSError:
        return 0


def _read(path: Path) -> bytes:
    """A file's bytes. Never waits (a pipe) and never follows a link.

    Raises Unreadable for what is the student's doing, and OSError for what is ours.
    """
    name = quote(path.name)
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise Unreadable(
            f"{name} is a symbolic link, which is not followed; hand in the file itself."
        )
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(f"{name} is not a regular file; hand in a file.")
    limit = LARGEST.get(path.suffix.lower(), LARGEST[".py"])
    if status.st_size > limit:
        raise Unreadable(
            f"{name} has {status.st_size / 2**20:.1f} MiB, and {limit // 2**20} MiB is the most "
            "that is read; hand in the code without data or stored outputs."
        )
    # O_NOFOLLOW and O_NONBLOCK: the file may be exchanged while the class is being read.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:
        return file.read(limit)


def _why_nothing(place: Path, files: list[Path], entries: list[Entry]) -> str:
    if place.is_symlink() and not files:
        return "a symbolic link, which is not followed"
    for file in files:
        try:
            _read(file)
        except Unreadable as error:
            return str(error)
        except OSError as error:
            return f"it could not be read ({error.strerror})"
    if place.is_file() and place.suffix.lower() not in SUFFIXES:
        return "neither a .py nor a .ipynb file"
    names = " or ".join(f"{entry.id}.py, {entry.id}.ipynb" for entry in entries)
    points = ", ".join(f"`{entry.problem.entry_point}`" for entry in entries)
    if not files:
        return f"no .py or .ipynb file here (expected {names})"
    return f"no file called {names}, and none that defines {points}"
