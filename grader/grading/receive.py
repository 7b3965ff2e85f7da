"""Adds what a command found to what a class handed in, and decides what is to be graded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..common.text import encodable
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..report.class_state import ClassState, Received
from ..report.counting import Counting
from ..report.report import Report
from ..report.results_folder import report_name
from ..submissions import Code, NotUnderstood, Submission, digest
from .grade_one import read_files


@dataclass(frozen=True)
class Command:
    """What one command found. named: the paths that it named."""

    named: Sequence[Path]
    submissions: Sequence[Submission]
    not_understood: Sequence[NotUnderstood]
    choices: Sequence[str]


def receive(
    state: ClassState, command: Command, entries: Mapping[str, Entry]
) -> tuple[ClassState, dict[Submission, Received]]:
    """The state after the command, and what it knows of each submission that was found.

    Reads all files of all submissions, one submission at a time.
    """
    named = tuple(encodable(str(path.absolute())) for path in command.named)
    items = [_received(item, entries[item.problem_id], state.seed) for item in command.submissions]
    state = state.with_command(named, items, command.not_understood, command.choices)
    last = state.received[len(state.received) - len(items) :]
    return state, dict(zip(command.submissions, last, strict=True))


def _received(submission: Submission, entry: Entry, seed: int) -> Received:
    sha256 = digest(code for _, code in read_files(submission) if isinstance(code, Code))
    return Received(
        submission.student,
        submission.problem_id,
        (submission.where, *(other.where for other in submission.others)),
        submission.identity,
        submission.notes,
        submission.handed_in,
        sha256,
        named=(),
        command=0,
        reports=(report_name(submission, entry, sha256, seed),),
    )


def to_grade(
    counting: Counting, found: Mapping[Submission, Received], reports: Mapping[str, Report]
) -> dict[Submission, str]:
    """The submissions that count and are not settled, with the students' ids in the class."""
    students = {id(item): submission.student for item, submission in counting.work}
    return {
        submission: students[id(item)]
        for submission, item in found.items()
        if id(item) in students and not _is_settled(item, reports)
    }


def _is_settled(item: Received, reports: Mapping[str, Report]) -> bool:
    """Whether there is a report under the present conditions that another try would not change."""
    report = reports.get(item.reports[0])
    if report is None or report.sha256 is None or report.sha256 != item.sha256:
        return False
    return report.verdict is not Verdict.JUDGE_ERROR and not report.disturbed
