"""Submissions: finding them in the form they come in, and reading their bytes.

Nothing of a submission is run or parsed here: names are compared, and texts searched.
"""

from .find import find_submissions
from .names import PatternError
from .submission import LARGEST, NotUnderstood, Submission, Unreadable
from .zips import BadZip, open_zips

__all__ = [
    "LARGEST",
    "BadZip",
    "NotUnderstood",
    "PatternError",
    "Submission",
    "Unreadable",
    "find_submissions",
    "open_zips",
]
