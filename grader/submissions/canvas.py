"""Reads the file names of a Canvas download: the student, the student's own name for the file."""

import re
from pathlib import Path

from .student_files import CodeFile

# `lovelaceada_12345_67890_file.py`: name, Canvas's number for the student, and for the upload.
# If marking is anonymous: `anon_x7Yz3_67890_file.py`. LATE stands before the student's number.
NAME = re.compile(
    r"(?:(?:LATE_)?anon_(?P<anon>[0-9A-Za-z]{1,25})|(?P<name>.+?)_(?:LATE_)?(?P<user>[0-9]{1,25}))"
    r"_(?P<upload>[0-9]{1,25})_(?P<file>.+)",
    re.DOTALL,
)
# Canvas puts a number behind the name of a file that is handed in again, and random letters after
# it has used up some numbers.
AGAIN = re.compile(
    r"(?P<stem>.+?)-(?:(?P<attempt>[0-9]{1,4})|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
    re.DOTALL,
)
AFTER_ALL_NUMBERS = 10_000


def read_file_name(path: Path) -> tuple[str, CodeFile] | None:
    """The student and the file; None if Canvas did not make this name.

    The student is name and number, so that two students of one name stay two.
    """
    match = NAME.fullmatch(path.name)
    if match is None:
        return None
    student = f"anon_{match['anon']}" if match["anon"] else f"{match['name']}_{match['user']}"
    stem, attempt = Path(match["file"]).stem, 0
    if again := AGAIN.fullmatch(stem):
        stem, attempt = again["stem"], int(again["attempt"] or AFTER_ALL_NUMBERS)
    return student, CodeFile(path, stem, (attempt, int(match["upload"])))
