"""Adds what a command found to what a class handed in, and decides what is to be graded."""

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..common.text import encodable
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..report.class_state import ClassState, Received
from ..report.counting import Counting, what_counts
from ..report.report import Report
from ..report.results_folder import report_name
from ..report.run import Replaced, Run
from ..submissions import Code, NotUnderstood, Submission, digest
from .grade_one import read_files


@dataclass(frozen=True)
class Command:
    """What one command found. named: the paths that it named."""

    named: Sequence[Path]
    submissions: Sequence[Submission]
    not_understood: Sequence[NotUnderstood]
    choices: Sequence[str]


@dataclass(frozen=True)
class Batch:
    """What one command found, as a part of its class."""

    counting: Counting
    found: Mapping[Submission, Received]

    def narrowed(self, problem_ids: Collection[str], student: str | None) -> "Batch":
        """Without what is not to be graded now. student: the id of the only one."""
        theirs = {id(item) for item, named in self.counting.work if named.student == student}
        found = {
            submission: item
            for submission, item in self.found.items()
            if submission.problem_id in problem_ids and (student is None or id(item) in theirs)
        }
        return Batch(self.counting, found)

    def to_grade(self, reports: Mapping[str, Report]) -> dict[Submission, str]:
        """The submissions that count and are not settled, with the ids of their students."""
        students = {id(item): submission.student for item, submission in self.counting.work}
        return {
            submission: students[id(item)]
            for submission, item in self.found.items()
            if id(item) in students and not _is_settled(item, reports)
        }

    def older(self) -> int:
        """How many of what was found don't count, since there is newer work."""
        counted = {id(item) for item, _ in self.counting.work}
        return sum(id(item) not in counted for item in self.found.values())

    def reports_in(self, run: Run) -> list[Report]:
        """The reports on what was found, as they are in the run."""
        work = [(named.student, item) for item, named in self.counting.work]
        keys = self._keys(work)
        return [report for report in run.reports if (report.student, report.problem_id) in keys]

    def replaced_in(self, run: Run) -> list[Replaced]:
        """What no longer counts, of the students of whom something was found."""
        work = [(named.student, item) for item, named in self.counting.work]
        keys = self._keys([*work, *self.counting.replaced])
        return [item for item in run.replaced if (item.student, item.problem_id) in keys]

    def _keys(self, items: Sequence[tuple[str, Received]]) -> set[tuple[str, str]]:
        mine = {id(item) for item in self.found.values()}
        return {(student, item.problem_id) for student, item in items if id(item) in mine}


def receive(
    state: ClassState, command: Command, entries: Mapping[str, Entry]
) -> tuple[ClassState, Batch]:
    """The class after the command, and what is new in it.

    Reads all files of all submissions, one submission at a time.
    """
    named = tuple(encodable(os.path.abspath(path)) for path in command.named)
    items = [_received(item, entries[item.problem_id], state.seed) for item in command.submissions]
    state = state.with_command(named, items, command.not_understood, command.choices)
    last = state.received[len(state.received) - len(items) :]
    found = dict(zip(command.submissions, last, strict=True))
    return state, Batch(what_counts(state), found)


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


def _is_settled(item: Received, reports: Mapping[str, Report]) -> bool:
    """Whether there is a report under the present conditions that another try would not change."""
    report = reports.get(item.reports[0])
    if report is None or report.sha256 is None or not item.fits(report):
        return False
    return report.verdict is not Verdict.JUDGE_ERROR and not report.disturbed
