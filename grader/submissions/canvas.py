"""Reads the file names of a Canvas download: the student, the student's own name for the file."""

import re
from pathlib import Path

from .owner import Owner
from .submission import HandedIn, Identity

# `lovelaceada_12345_67890_file.py`: name, Canvas's number for the student, and for the upload.
# If marking is anonymous: `anon_x7Yz3_67890_file.py`. LATE, in any case, stands before
# the number; or after it.
NAME = re.compile(
    r"(?:(?P<late1>(?i:LATE)_)?anon_(?P<late2>(?i:LATE)_)?"
    r"(?P<anon>[0-9A-Za-z]{1,25})(?P<late3>_(?i:LATE))?"
    r"|(?P<name>.+?)_(?P<late4>(?i:LATE)_)?(?P<user>[0-9]{1,25}))"
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


def read_name(name: str) -> Owner | None:
    """The student and the file; None if Canvas did not make this name.

    The student is name and number, so that two students of one name stay two. Canvas says whether
    the file is late, and not when it was handed in: the times in its zips are the download's.
    """
    match = NAME.fullmatch(name)
    if match is None:
        return None
    if match["anon"]:
        student, identity = f"anon_{match['anon']}", Identity()
    else:
        student = f"{match['name']}_{match['user']}"
        identity = Identity(number=match["user"], full_name=match["name"])
    path, attempt = Path(match["file"]), 0
    if again := AGAIN.fullmatch(path.stem):
        attempt = int(again["attempt"] or AFTER_ALL_NUMBERS)
        path = Path(again["stem"] + path.suffix)
    late = any(match[f"late{place}"] for place in range(1, 5))
    handed_in = HandedIn((attempt, int(match["upload"])), said_by="Canvas", late=late)
    return Owner(student, identity, path.name, handed_in)
