"""The errors that end a command. Each says in its message what happened and what to do next.

The command prints the message and ends with the error's exit status. None of them is the student's
fault: what a submission does wrong is a verdict.
"""

from __future__ import annotations

from typing import ClassVar

WORKED, UNSOUND, USAGE_ERROR, JUDGE_ERROR, INTERRUPTED = 0, 1, 2, 3, 130  # exit statuses


class GraderError(Exception):
    """The base of all of them. exit_status: with which the command ends."""

    exit_status: ClassVar[int] = USAGE_ERROR


class UsageError(GraderError):
    """The command was wrong: an option, a path, a name, a place to write to."""


class CourseError(GraderError):
    """The course's own files are missing or broken."""


class SandboxError(GraderError):
    """There is no sandbox here, or it stopped working."""


class RosterError(GraderError):
    """A roster that can't be used: in which line, why, and what to do."""


class ArchiveError(GraderError):
    """An archive of submissions that can't be unpacked."""


class ReleaseError(GraderError):
    """The students' course was not written."""


class DaskError(GraderError):
    """The Dask cluster can't grade."""


class ResultsError(GraderError):
    """The results folder can't be used. Whatever is in it is as it was."""


class NotKept(ResultsError):
    """A report could not be written to the results folder. Those before it were."""

    exit_status = JUDGE_ERROR
