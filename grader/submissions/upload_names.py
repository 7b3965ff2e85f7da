"""The beginnings of the names by which Canvas and Moodle take files back, for a bulk upload.

Canvas (app/models/abstract_assignment.rb, infer_comment_context_from_filename) splits a file's name
at each _ and leaves out LATE. After `anon` come the anonymous number and the upload's; else the
first two parts of digits are the student's number and the upload's. The upload must be one of the
student's for this assignment; other files are ignored, and so is one whose last part begins with
"link". The comment shows the page under the name of the upload.

Moodle (mod/assign/feedback/file/importziplib.php) wants name_number_plugintype_plugin_ at the
beginning of a file's or a folder's name. The number is the student's in this assignment, and files
with another are ignored. The rest is the name of the feedback file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from . import canvas
from .name_forms import MOODLE
from .student_files import bare_name

Beginning = Callable[[str], str]


def canvas_beginning(path: str) -> str:
    """Of the file at this path, such as `lovelaceada_12345_67890_`; "" if Canvas named no part."""
    for part in PurePath(path).parts:
        if match := canvas.NAME.fullmatch(part):
            return part[: match.start("file")]
    return ""


def moodle_beginning(path: str) -> str:
    """Of the file at this path, such as `Ada Lovelace_10231_assignsubmission_file_`; "" if Moodle
    named no part. Moodle's folders have no _ at their end since 4.1.
    """
    for part in map(bare_name, PurePath(path).parts):
        if match := MOODLE.fullmatch(part):
            end = len(part) if match["file"] is None else match.start("file")
            return part[:end].rstrip("_") + "_"
    return ""
