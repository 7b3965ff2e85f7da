"""What a results folder knows of its class: everything that was handed in, over all commands.

A command adds to it. Nothing is removed: a submission that no longer counts is kept, and listed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from ..common.bounded import Count
from ..submissions import HandedIn, Identity, NotUnderstood
from ..submissions.read_roster import Roster
from ..submissions.times import OWN_TIME
from .report import Report
from .run import SCHEMA, GradedProblem

Named = tuple[str, ...]  # the paths of one command
# A digest, so that no name in a state leads out of its folder.
ReportName = Annotated[str, Meta(pattern=r"\A[0-9a-f]{40}\Z")]


def are_within(paths: Named, others: Named) -> bool:
    """Whether each path is one of the others or below one, so a search of those found it too."""
    return all(any(Path(path).is_relative_to(other) for other in others) for path in paths)


@dataclass(frozen=True)
class Received:
    """A submission, as it was found.

    student: as its source calls them. files: the paths of its file, and of the others that may
    count in its place. notes: on the choice of these. sha256: of all their bytes, None if they
    could not be read. named: the paths that the last command named which found it. command: the
    number of that command. reports: the names of its reports, the newest first. first: the number
    of the command that found it first.
    """

    student: str
    problem_id: str
    files: tuple[str, ...]
    identity: Identity
    notes: tuple[str, ...]
    handed_in: HandedIn
    sha256: str | None
    named: Named
    command: Count
    reports: tuple[ReportName, ...]
    first: Count = 0

    def is_same(self, other: "Received") -> bool:
        """Whether it is the same work, perhaps under another name or at another place."""
        if (self.problem_id, self.sha256) != (other.problem_id, other.sha256):
            return False
        same_file = self.files[:1] == other.files[:1]
        if self.student == other.student:
            return same_file or self.sha256 is not None
        return same_file and are_within(self.named, other.named)

    def found_again(self, same: Sequence["Received"]) -> "Received":
        """With what is known of the same work from earlier commands.

        Its own time is the earliest: a copy of the class or another download has later ones.
        """
        mine = [old for old in same if old.student == self.student]
        names = [*self.reports, *(name for old in mine for name in old.reports)]
        own = [item.handed_in for item in (self, *same) if item.handed_in.said_by == OWN_TIME]
        handed_in = self.handed_in
        if handed_in.said_by == OWN_TIME:
            earliest = min(own, key=lambda one: one.modified)
            handed_in = replace(handed_in, time=earliest.time, modified=earliest.modified)
        return replace(
            self,
            reports=tuple(dict.fromkeys(names)),
            handed_in=handed_in,
            first=min((old.first for old in same), default=self.command),
        )

    def fits(self, report: Report) -> bool:
        """Whether the report is on this work. One that read no file has no digest and no points."""
        same_bytes = report.sha256 == self.sha256 or (report.sha256 is None and not report.score)
        return same_bytes and (report.student, report.problem_id) == (self.student, self.problem_id)


@dataclass(frozen=True)
class Remark:
    """What a command passed over, or decided without being told. named: the paths it was given."""

    named: Named
    passed_over: NotUnderstood | None = None
    choice: str = ""

    @property
    def what(self) -> tuple[str, ...]:
        """Equal if two commands passed over or decided the same."""
        item = self.passed_over
        return (str(item.path), item.why) if item else (self.choice,)


@dataclass(frozen=True)
class ClassState:
    """Everything from which all outputs are made, apart from the reports.

    seed: of all its cases. problems: the columns of the tables. assignments: the number of each
    problem's assignment in Canvas. due: as it was given. commands: how many there were.
    """

    seed: Count
    problems: tuple[GradedProblem, ...] = ()
    roster: Roster = field(default_factory=Roster)
    assignments: Mapping[str, Count] = field(default_factory=dict)
    due: str = ""
    commands: Count = 0
    received: tuple[Received, ...] = ()
    remarks: tuple[Remark, ...] = ()
    format: int = SCHEMA

    def with_problems(self, problems: Sequence[GradedProblem]) -> "ClassState":
        """With these problems, or the present form of them, in the order of their ids."""
        each = {problem.id: problem for problem in (*self.problems, *problems)}
        return replace(self, problems=tuple(each[name] for name in sorted(each)))

    def with_command(
        self,
        named: Named,
        received: Sequence[Received],
        passed_over: Sequence[NotUnderstood],
        choices: Sequence[str],
    ) -> "ClassState":
        """After one more command, which named these paths and found this under them.

        What an earlier command remarked on the same paths is replaced. So is what it took for
        another student's, as with a wrong --pattern, if all its files are someone's now.
        """
        students = {(item.student, item.problem_id) for item in received}
        places = {(place, item.problem_id) for item in received for place in item.files}
        before: dict[tuple[str, str | None], list[Received]] = {}
        for old in self.received:
            before.setdefault((old.problem_id, old.sha256), []).append(old)
        found, again = [], set[int]()
        for item in (replace(item, named=named, command=self.commands + 1) for item in received):
            same = [
                old for old in before.get((item.problem_id, item.sha256), ()) if old.is_same(item)
            ]
            again |= {id(old) for old in same}
            found.append(item.found_again(same))
        again |= {
            id(old)
            for old in self.received
            if are_within(old.named, named)
            and (old.student, old.problem_id) not in students
            and places.issuperset((place, old.problem_id) for place in old.files)
        }
        remarks = [
            *(Remark(named, passed_over=item) for item in passed_over),
            *(Remark(named, choice=choice) for choice in choices),
        ]
        said = {remark.what for remark in remarks}
        earlier = [
            old for old in self.remarks if not are_within(old.named, named) and old.what not in said
        ]
        return replace(
            self,
            commands=self.commands + 1,
            received=(*(old for old in self.received if id(old) not in again), *found),
            remarks=(*earlier, *remarks),
        )
