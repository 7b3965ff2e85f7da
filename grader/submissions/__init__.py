"""Submissions: which file is whose, and for which problem; and reading its bytes.

Nothing of a submission runs or is parsed here: names are compared and texts are searched.
"""

from .find_submissions import find_submissions
from .submission import LARGEST, NotUnderstood, Submission, Unreadable
from .zips import open_zips

__all__ = ["LARGEST", "NotUnderstood", "Submission", "Unreadable", "find_submissions", "open_zips"]
