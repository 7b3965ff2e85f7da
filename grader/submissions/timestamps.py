"""Reads the times that nbgrader keeps: `submitted/STUDENT/ASSIGNMENT/timestamp.txt`."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from .student_files import CodeFile
from .submission import Unreadable, read_file
from .times import read_time, told_by

TIMESTAMP = "timestamp.txt"
LARGEST = 100  # bytes


def with_timestamps(student: Path, files: Iterable[CodeFile]) -> list[CodeFile]:
    """The files of a student's folder with the times of their assignments' folders.

    Deeper folders are the student's own, so a file of that name there says nothing.
    """

    @cache
    def of_assignment(folder: str) -> str:
        try:
            return read_time(read_file(student / folder / TIMESTAMP, LARGEST).decode())
        except (Unreadable, OSError, UnicodeDecodeError):
            return ""

    def told(file: CodeFile) -> CodeFile:
        folder = file.path.relative_to(student).parts[0]
        return replace(file, handed_in=told_by("nbgrader", of_assignment(folder)))

    return [told(f) if f.path.is_relative_to(student) else f for f in files]
