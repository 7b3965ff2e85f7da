"""Finds submissions in files and folders, without parsing a byte of them.

A file belongs to a problem by its name (`<problem id>.py`, `<problem id>.ipynb`), else where its
text defines the entry point. The text is only searched; reading it as Python is the worker's
task.
"""

from __future__ import annotations

import os
import re
import stat
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path

from .catalogue import Entry
from .text import quote

SUFFIXES = (".py", ".ipynb")
LARGEST = {".py": 2**20, ".ipynb": 10 * 2**20}  # bytes
NEVER_STUDENTS = {"__pycache__", "__MACOSX"}
SKIPPED_FOLDERS = NEVER_STUDENTS | {"node_modules", "venv", "env", "site-packages"}
DEEPEST = 6  # folders below the one that was named
MOST_FILES = 1000  # for one student, besides those with a problem's name
MOST_VISITED = 20_000  # files and folders of one student
MOST_NOTES = 3  # on files that were passed over
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
    Where several are given and one of them is a student's folder, all are. Nothing is dropped:
    each file or folder with no submission in it is in the second list, and so is what was not
    looked at.
    """
    wanted = list(entries)
    names = {entry.id for entry in wanted}
    found: list[Submission] = []
    unknown: list[NotUnderstood] = []
    folders = {path: _look(path) for path in paths if _is_folder(path)}
    of_students = len(paths) > 1 and any(_code(look.files) for look in folders.values())
    for path in dict.fromkeys(paths):
        if path not in folders:
            places = [_Place(path.absolute().parent.name, path, [path])]
        elif of_students:
            places = [_walk(path, names)]
        else:
            places = list(_students(path, folders[path], names))
        for place in places:
            mine, passed_over = _of_student(place, wanted)
            found += mine
            unknown += passed_over
            if not mine:
                unknown.append(NotUnderstood(place.path, _why_nothing(place, wanted)))
            unknown += [NotUnderstood(place.path, remark) for remark in place.remarks]
    return _told_apart(found), unknown


@dataclass
class _Place:
    """Where one student's files are; `remarks` say what of it was not looked at, and why."""

    student: str
    path: Path
    files: list[Path]
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Look:
    """What lies in a folder, each in order of name; links count as files. `error`: why nothing."""

    folders: list[Path]
    files: list[Path]
    error: str = ""


def _look(folder: Path, skipped: AbstractSet[str] = NEVER_STUDENTS) -> _Look:
    """Without what is hidden or to be skipped."""
    folders: list[Path] = []
    files: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or entry.name in skipped:
                    continue
                kind = folders if entry.is_dir(follow_symlinks=False) else files
                kind.append(folder / entry.name)
    except OSError as error:
        return _Look([], [], f"it could not be read ({error.strerror})")
    return _Look(sorted(folders), sorted(files))


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _code(files: Iterable[Path]) -> list[Path]:
    return [path for path in files if path.suffix.lower() in SUFFIXES]


def _students(folder: Path, look: _Look, names: AbstractSet[str]) -> Iterator[_Place]:
    """The folder itself where it holds files, then each folder in it."""
    own = folder.absolute().name
    loose = _code(look.files)
    if loose or look.error or not look.folders:
        yield _Place(own, folder, loose, [look.error] if look.error else [])
    for other in look.files:
        if os.path.islink(other) and os.path.isdir(other):
            yield _Place(other.name, other, [])
        elif other.suffix.lower() not in SUFFIXES:
            yield _Place(own, other, [])
    for student in look.folders:
        yield _walk(student, names)


def _walk(folder: Path, names: AbstractSet[str]) -> _Place:
    """A student's files of code, the ones near the top first."""
    place = _Place(folder.absolute().name, folder, [])
    queue = deque([(folder, 0)])
    others = visited = 0
    while queue:
        here, depth = queue.popleft()
        look = _look(here, SKIPPED_FOLDERS)
        visited += 1 + len(look.files)
        if look.error:
            inner = "" if here == folder else f"{quote(str(here.relative_to(folder)))}: "
            place.remarks.append(inner + look.error)
        for file in _code(look.files):
            # One with a problem's name is never too many.
            if file.stem not in names:
                others += 1
                if others > MOST_FILES:
                    continue
            place.files.append(file)
        if depth < DEEPEST and visited < MOST_VISITED:
            queue.extend((inner, depth + 1) for inner in look.folders)
        elif look.folders:
            place.remarks.append(
                f"{quote(str(here))} has more folders in it, which were not looked at: hand in "
                "the files in fewer folders"
            )
    if others > MOST_FILES:
        place.remarks.append(
            f"of its {others:,} .py and .ipynb files without a problem's name, only the first "
            f"{MOST_FILES:,} were looked at"
        )
    return place


def _told_apart(found: Iterable[Submission]) -> list[Submission]:
    """Each file once for each problem, and no two students of one name from different places."""
    once = {(os.path.abspath(s.path), s.problem_id): s for s in found}.values()
    counts = Counter((s.student, s.problem_id) for s in once)
    shared = {student for (student, _), count in counts.items() if count > 1}
    return [replace(s, student=str(s.path.parent)) if s.student in shared else s for s in once]


def _of_student(
    place: _Place, entries: list[Entry]
) -> tuple[list[Submission], list[NotUnderstood]]:
    student, files = place.student, place.files
    names = {entry.id for entry in entries}
    defined = _definitions(place, [file for file in files if file.stem not in names], entries)
    found, passed_over = [], []
    for entry in entries:
        named = [file for file in files if file.stem == entry.id]
        candidates = named + [file for file in files if entry.id in defined.get(file, ())]
        # A single file graded for a single problem is that problem's, whatever it holds.
        if not candidates and place.path in files and len(entries) == 1:
            candidates = files
        if not candidates:
            continue
        # A file with the problem's name counts, then the last handed in, then the first by name.
        chosen, *others = sorted(
            candidates, key=lambda file: (file not in named, -_modified(file), file.name)
        )
        notes = [_passed_over(other, chosen, entry.id) for other in others[:MOST_NOTES]]
        passed_over += [NotUnderstood(o, n) for o, n in zip(others, notes, strict=False)]
        if len(others) > MOST_NOTES:
            notes.append(f"So are {len(others) - MOST_NOTES:,} other files, not graded either.")
            passed_over.append(NotUnderstood(place.path, notes[-1]))
        found.append(Submission(student, chosen, entry.id, tuple(notes)))
    return found, passed_over


def _definitions(place: _Place, files: list[Path], entries: list[Entry]) -> dict[Path, set[str]]:
    """For each file the ids of the problems whose entry point its text seems to define."""
    defined, searched = {}, 0
    for file in files:
        try:
            data = _read(file)
        except (Unreadable, OSError):
            continue
        searched += len(data)
        if searched > MOST_SEARCHED:
            place.remarks.append(
                f"only the first {MOST_SEARCHED // 2**20} MiB of its files were searched for a "
                "definition"
            )
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


def _why_nothing(place: _Place, entries: list[Entry]) -> str:
    path, files = place.path, place.files
    if os.path.islink(path) and not files:
        return "a symbolic link, which is not followed"
    for file in files:
        try:
            _read(file)
        except Unreadable as error:
            return str(error)
        except OSError as error:
            return f"it could not be read ({error.strerror})"
    if os.path.lexists(path) and not os.path.isdir(path) and path.suffix.lower() not in SUFFIXES:
        return "neither a .py nor a .ipynb file"
    names = " or ".join(f"{entry.id}.py, {entry.id}.ipynb" for entry in entries)
    points = ", ".join(f"`{entry.problem.entry_point}`" for entry in entries)
    if not files:
        return f"no .py or .ipynb file here (expected {names})"
    return f"no file called {names}, and none that defines {points}"
