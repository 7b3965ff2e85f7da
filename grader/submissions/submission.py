"""A submission, and reading its bytes without trusting them."""

import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..common.text import quote

SUFFIXES = (".py", ".ipynb")
UNPACKED = "grader-zip-"  # how the name of the temporary folder of `open_zips` begins
LARGEST = {".py": 2**20, ".ipynb": 10 * 2**20}  # bytes


@dataclass(frozen=True)
class Submission:
    """One file, for one problem, from one student.

    student: their name by the folder, file name or metadata that the file came with.
    notes: remarks for the report, such as other files that were not graded.

    The bytes are read when the file is graded, so that a class needs no more memory than a student.
    """

    student: str
    path: Path
    problem_id: str
    notes: tuple[str, ...] = ()

    @property
    def notebook(self) -> bool:
        return self.path.suffix.lower() == ".ipynb"

    @property
    def where(self) -> str:
        """The path that the instructor knows: of a file in a zip, its path in the zip."""
        return str(original(self.path))

    def read(self) -> bytes:
        """The file's bytes. Raises Unreadable, with a sentence for the student."""
        return read_file(self.path)


class Unreadable(Exception):
    """The bytes of a submission can't be read: it is too large, a link, or no regular file."""


@dataclass(frozen=True)
class NotUnderstood:
    """A path in which no submission was found, and why."""

    path: Path
    why: str


def original(path: Path) -> Path:
    """The path in the zip, of a file that `open_zips` unpacked; of any other file its path."""
    temporary = Path(tempfile.gettempdir())
    if path.is_relative_to(temporary):
        top, *inside = path.relative_to(temporary).parts or ("",)
        if top.startswith(UNPACKED) and inside:
            return Path(*inside)
    return path


def read_file(path: Path, limit: int | None = None) -> bytes:
    """A file's bytes, without waiting for a pipe or following a link.

    limit: in bytes, if not the one for its kind of file.

    Raises Unreadable for the student's mistakes, and OSError for the machine's.
    """
    name = quote(path.name)
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise Unreadable(
            f"{name} is a symbolic link, which is not followed; hand in the file itself."
        )
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(f"{name} is not a regular file; hand in a file.")
    limit = limit or LARGEST.get(path.suffix.lower(), LARGEST[".py"])
    if status.st_size > limit:
        raise Unreadable(
            f"{name} has {status.st_size / 2**20:.1f} MiB, and {limit // 2**20} MiB is the limit; "
            "hand in the code without data or stored outputs."
        )
    # O_NOFOLLOW and O_NONBLOCK: the file may be replaced after the checks above.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:
        return file.read(limit)
