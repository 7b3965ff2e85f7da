"""Lists folders, and collects one student's files of code."""

import os
from collections import deque
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path

from ..common.text import quote
from .submission import SUFFIXES, NotUnderstood

NEVER_STUDENTS = {"__pycache__", "__MACOSX"}
SKIPPED_FOLDERS = NEVER_STUDENTS | {"node_modules", "venv", "env", "site-packages"}
DEEPEST = 6  # folders below the student's
MOST_VISITED = 20_000  # files and folders of one student


@dataclass(frozen=True)
class CodeFile:
    """A file of code.

    stem: the name that its student gave it, without the suffix.
    attempt: a file with a higher one was handed in later, whatever the files' times are.
    """

    path: Path
    stem: str
    attempt: tuple[int, ...] = ()


@dataclass
class StudentFiles:
    """The files of one student, or of a group that hands in together.

    path: their folder, or the one file that was named. If `shared`, the folder also holds files of
        others, and each file that is not graded gets an explanation of its own.
    remarks: what was not searched, and why.
    """

    students: tuple[str, ...]
    path: Path
    files: list[CodeFile]
    remarks: list[str] = field(default_factory=list)
    shared: bool = False

    @property
    def one_file(self) -> bool:
        """Whether this is a single file, and no folder of the student's own."""
        return len(self.files) == 1 and (self.shared or self.files[0].path == self.path)


@dataclass(frozen=True)
class Listing:
    """What a folder holds, sorted by name. A link counts as a file. `error`: why it is empty."""

    folders: list[Path]
    files: list[Path]
    error: str = ""


def list_folder(folder: Path, skipped: AbstractSet[str] = NEVER_STUDENTS) -> Listing:
    """Lists a folder, without hidden and skipped names."""
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
        return Listing([], [], f"it could not be read ({error.strerror})")
    return Listing(sorted(folders), sorted(files))


def is_folder(path: Path) -> bool:
    """Whether it is a folder itself, and no link to one."""
    return os.path.isdir(path) and not os.path.islink(path)


def is_code(path: Path) -> bool:
    """Whether the name is that of a file that can be graded."""
    return path.suffix.lower() in SUFFIXES


def code_files(paths: Iterable[Path]) -> list[CodeFile]:
    """The files of code among the paths, with the names that they have."""
    return [CodeFile(path, path.stem) for path in paths if is_code(path)]


def no_code(path: Path) -> NotUnderstood | None:
    """Explains a path that is no file of code; None if it is one."""
    if is_code(path):
        return None
    if os.path.islink(path):
        return NotUnderstood(path, "a symbolic link, which is not followed")
    return NotUnderstood(path, "neither a .py nor a .ipynb file")


def group_by_student(named: Iterable[tuple[str, CodeFile]], depth: int = 0) -> list[StudentFiles]:
    """Groups files that lie in a shared folder, `depth` folders below it, by their student."""
    by_student: dict[tuple[Path, str], list[CodeFile]] = {}
    for student, file in named:
        folder = file.path.absolute().parents[depth]
        by_student.setdefault((folder, student), []).append(file)
    return [
        StudentFiles((student,), folder, files, shared=True)
        for (folder, student), files in by_student.items()
    ]


def collect_files(folder: Path, students: tuple[str, ...] = ()) -> StudentFiles:
    """Collects the code in a student's folder and the folders in it, the files near the top first.

    students: their names, if not the folder's name.
    """
    found = StudentFiles(students or (folder.absolute().name,), folder, [])
    queue = deque([(folder, 0)])
    visited = 0
    while queue:
        here, depth = queue.popleft()
        listing = list_folder(here, SKIPPED_FOLDERS)
        inside = "" if here == folder else quote(str(here.relative_to(folder)))
        visited += 1 + len(listing.files)
        if listing.error:
            found.remarks.append(f"{inside}: {listing.error}" if inside else listing.error)
        found.files += code_files(listing.files)
        if depth < DEEPEST and visited < MOST_VISITED:
            queue.extend((inner, depth + 1) for inner in listing.folders)
        elif listing.folders:
            found.remarks.append(
                f"{inside or 'it'} has more folders in it, which were not searched: hand in the "
                "files in fewer folders"
            )
    return found
