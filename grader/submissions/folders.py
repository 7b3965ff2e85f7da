"""Looks at folders, and gathers the files of code that lie in a student's."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from ..common.text import quote
from .submission import SUFFIXES

NEVER_STUDENTS = {"__pycache__", "__MACOSX"}
SKIPPED_FOLDERS = NEVER_STUDENTS | {"node_modules", "venv", "env", "site-packages"}
DEEPEST = 6  # folders below the one that was named
MOST_FILES = 1000  # for one student, besides those with a problem's name
MOST_VISITED = 20_000  # files and folders of one student


@dataclass(frozen=True)
class File:
    """A file of code.

    stem: the name that its student gave it, without the suffix.
    turn: of two files, the one with the higher turn was handed in later, whatever their times say.
    """

    path: Path
    stem: str
    turn: tuple[int, ...] = ()


def plain(path: Path) -> File:
    """A file with the name that it has."""
    return File(path, path.stem)


@dataclass
class Place:
    """Where one student's files are; `remarks` say what of it was not looked at, and why.

    students: whose they are: one, or all of a group that hands in together.
    path: their folder, or the one file that was named; where `flat`, a folder that they share
        with others, and then each file is answered for by itself.
    """

    students: tuple[str, ...]
    path: Path
    files: list[File]
    remarks: list[str] = field(default_factory=list)
    flat: bool = False

    @property
    def one_file(self) -> bool:
        """Whether it is a file, rather than a folder with a file in it."""
        return len(self.files) == 1 and (self.flat or self.files[0].path == self.path)


@dataclass(frozen=True)
class Look:
    """What lies in a folder, each in order of name; links count as files. `error`: why nothing."""

    folders: list[Path]
    files: list[Path]
    error: str = ""


def look_into(folder: Path, skipped: AbstractSet[str] = NEVER_STUDENTS) -> Look:
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
        return Look([], [], f"it could not be read ({error.strerror})")
    return Look(sorted(folders), sorted(files))


def is_folder(path: Path) -> bool:
    """Whether it is a folder itself, and no link to one."""
    return os.path.isdir(path) and not os.path.islink(path)


def is_code(path: Path) -> bool:
    """Whether its name is that of a file that may be graded."""
    return path.suffix.lower() in SUFFIXES


def code(files: Iterable[Path]) -> list[Path]:
    """Those that may be graded."""
    return [path for path in files if is_code(path)]


def walk(folder: Path, ids: AbstractSet[str], students: tuple[str, ...] = ()) -> Place:
    """A student's files of code, the ones near the top first. The folder's name is the student's.

    students: who they are, where something else says so.
    ids: the problems' names.
    """
    place = Place(students or (folder.absolute().name,), folder, [])
    queue = deque([(folder, 0)])
    others = visited = 0
    while queue:
        here, depth = queue.popleft()
        look = look_into(here, SKIPPED_FOLDERS)
        inside = "" if here == folder else quote(str(here.relative_to(folder)))
        visited += 1 + len(look.files)
        if look.error:
            place.remarks.append(f"{inside}: {look.error}" if inside else look.error)
        for file in map(plain, code(look.files)):
            # One with a problem's name is never too many.
            if file.stem not in ids:
                others += 1
                if others > MOST_FILES:
                    continue
            place.files.append(file)
        if depth < DEEPEST and visited < MOST_VISITED:
            queue.extend((inner, depth + 1) for inner in look.folders)
        elif look.folders:
            place.remarks.append(
                f"{inside or 'it'} has more folders in it, which were not looked at: hand in the "
                "files in fewer folders"
            )
    if others > MOST_FILES:
        place.remarks.append(
            f"of its {others:,} .py and .ipynb files without a problem's name, only the first "
            f"{MOST_FILES:,} were looked at"
        )
    return place
