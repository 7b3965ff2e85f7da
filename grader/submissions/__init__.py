"""Submissions: which file is whose, and for which problem; and reading its bytes.

Nothing of a submission runs or is parsed here: names are compared and texts are searched.
"""

from .archives import open_archives
from .find_submissions import Found, find_submissions
from .submission import (
    LARGEST,
    Code,
    HandedIn,
    Identity,
    NotUnderstood,
    Submission,
    Unreadable,
    digest,
)

__all__ = [
    "LARGEST",
    "Code",
    "Found",
    "HandedIn",
    "Identity",
    "NotUnderstood",
    "Submission",
    "Unreadable",
    "digest",
    "find_submissions",
    "open_archives",
]
