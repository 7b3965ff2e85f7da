"""Submissions: finding them in the form they come in, and reading their bytes.

Nothing of a submission is run or parsed here: names are compared, and texts searched.
"""

from ..common.errors import ArchiveError, UsageError
from .find import find_submissions
from .submission import LARGEST, NotUnderstood, Submission, Unreadable
from .zips import open_zips

__all__ = [
    "LARGEST",
    "ArchiveError",
    "NotUnderstood",
    "Submission",
    "Unreadable",
    "UsageError",
    "find_submissions",
    "open_zips",
]
