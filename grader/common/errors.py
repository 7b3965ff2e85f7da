"""The errors that end a command. Each message says what happened and what to do next.

None of them is the student's fault: what is wrong with a submission is a verdict.
"""

from typing import ClassVar

WORKED, UNSOUND, USAGE_ERROR, JUDGE_ERROR, INTERRUPTED = 0, 1, 2, 3, 130  # exit statuses
TIME_IS_UP = 124  # the one that `timeout` has


class GraderError(Exception):
    """The base of all these errors. exit_status: the command's, after it printed the message."""

    exit_status: ClassVar[int] = USAGE_ERROR


class UsageError(GraderError):
    """The command is wrong: an option, a path, a name, a place to write to."""


class CourseError(GraderError):
    """The course's own files are missing or broken."""


class SandboxError(GraderError):
    """There is no sandbox here, or it stopped working."""


class RosterError(GraderError):
    """The roster can't be used. Says the line and the reason."""


class DecisionsError(GraderError):
    """The decisions by hand can't be applied. Says the file, the line and what to do."""


class ArchiveError(GraderError):
    """An archive of submissions can't be unpacked."""


class ReleaseError(GraderError):
    """The students' course could not be written."""


class DaskError(GraderError):
    """The Dask cluster can't grade."""


class ResultsError(GraderError):
    """The results folder can't be used. Its files are unchanged."""


class NotKept(ResultsError):
    """A report could not be written to the results folder. Earlier reports are in it."""

    exit_status = JUDGE_ERROR
