"""A report: everything known about one graded submission, as data.

Every output is written from reports, and from nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..common.bounded import Count, Points, Seconds
from ..common.log import last_lines
from ..common.text import SENTENCE, shorten, shorten_start
from ..common.verdict import Verdict
from ..common.versions import versions
from ..course.catalogue import Entry
from ..course.problem import Case, Problem
from ..diagnosis.diagnose import Diagnosis
from ..judging.judgement import Judgement, Kind
from ..submissions import Submission

# Verdicts that cost all points, whichever cases were right before.
COSTS_ALL = (Verdict.RULE_VIOLATION, Verdict.OUTPUT_LIMIT_EXCEEDED)
MOST_NOTES = 30
NOT_MARKED = "The grader failed, not the submission; it has not been marked. Grade it again."


@dataclass(frozen=True)
class CaseReport:
    """The result of one case. verdict and kind: None if it was not run: the submission
    ended before, or the group was lost and took long.

    largest_error, allowed_error: in the units of the output, None if no numbers were compared. The
    largest error is also None if a number was NaN or infinite (the kind says so). where: the index
    of the largest error, in the expected shape.
    """

    group: str
    shapes: tuple[tuple[Count, ...], ...]
    verdict: Verdict | None
    kind: Kind | None
    message: str
    largest_error: float | None
    allowed_error: float | None
    where: tuple[Count, ...] | None
    seconds: Seconds

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", shorten(self.message, SENTENCE))

    @property
    def accepted(self) -> bool:
        return self.verdict is Verdict.ACCEPTED


def case_report(case: Case, judgement: Judgement | None, seconds: float = 0.0) -> CaseReport:
    """The report of one case from its judgement, None if it was not run."""
    diff = judgement.difference if judgement else None
    return CaseReport(
        group=case.group,
        shapes=tuple(map(tuple, case.shapes)),
        verdict=judgement.verdict if judgement else None,
        kind=judgement.kind if judgement else None,
        message=judgement.message if judgement else "",
        largest_error=diff.error if diff and math.isfinite(diff.error) else None,
        allowed_error=diff.bound if diff else None,
        where=diff.index if diff else None,
        seconds=round(seconds, 3),
    )


@dataclass(frozen=True)
class GroupReport:
    """The points for one group of cases: all of them if all its cases are accepted, else 0."""

    name: str
    purpose: str
    points: Points
    max_points: Points


def group_reports(
    problem: Problem, cases: Sequence[CaseReport], verdict: Verdict
) -> tuple[GroupReport, ...]:
    """The points of each group of a problem. verdict: of the submission."""
    groups = (
        GroupReport(name, group.purpose, 0, group.points) for name, group in problem.groups.items()
    )
    return _with_points(groups, cases, verdict)


def _with_points(
    groups: Iterable[GroupReport], cases: Sequence[CaseReport], verdict: Verdict
) -> tuple[GroupReport, ...]:
    right = {case.group for case in cases} - {case.group for case in cases if not case.accepted}
    if verdict in COSTS_ALL:
        right.clear()
    return tuple(
        replace(group, points=group.max_points if group.name in right else 0) for group in groups
    )


@dataclass(frozen=True)
class Report:
    """One graded submission. Texts that are longer than a person would read are cut, and say so.

    student: the name of their folder. problem_version: changes whenever the problem's cases or its
    reference do. kind: what happened, finer than the verdict. sha256: of the file's bytes, null if
    it was not read. notes: on the files and on loading them; they say nothing of any case.
    case_note: on an accepted case, such as another shape; "" for none. groups: empty for a judge
    error. output: what the submission printed, capped.
    raised: the type of the exception that decided, if one did. detail: the cause of a judge error,
    then the last lines of the log. disturbed: what ran at the same time may have decided the
    verdict, and there was no time for a second try. code: the text of the file that counts, of a
    notebook its code cells, cut if it is long. line: of the code, in which it failed or was when
    time ran out, from 1; null if it is not known. handed_in: when, as its source says, such as
    "2026-03-01 10:00 (Blackboard)". late: "", "late", or by how much. score: the points of the
    groups, null for a judge error.
    """

    student: str
    submission: str
    problem_id: str
    problem_version: str
    verdict: Verdict
    kind: Kind
    max_score: Points
    message: str
    sandbox: str
    sha256: str | None = None
    notes: tuple[str, ...] = ()
    case_note: str = ""
    groups: tuple[GroupReport, ...] = ()
    cases: tuple[CaseReport, ...] = ()
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    output: str = ""
    raised: str = ""
    detail: str = ""
    seconds: Seconds = 0.0
    disturbed: bool = False
    code: str = ""
    line: Count | None = None
    handed_in: str = ""
    late: str = ""
    versions: dict[str, str] = field(default_factory=versions)
    score: int | None = field(init=False)

    def __post_init__(self) -> None:
        failed = self.verdict is Verdict.JUDGE_ERROR
        score = None if failed else sum(group.points for group in self.groups)
        object.__setattr__(self, "score", score)
        # However a report is made, no text in it is longer than a person would read.
        for name in ("message", "case_note", "raised", "handed_in", "late"):
            object.__setattr__(self, name, shorten(getattr(self, name), 4 * SENTENCE))
        for name in ("code", "detail"):
            object.__setattr__(self, name, shorten(getattr(self, name)))
        object.__setattr__(self, "output", shorten_start(self.output))
        object.__setattr__(self, "notes", tuple(_few(self.notes)))

    @property
    def all_notes(self) -> tuple[str, ...]:
        return (*self.notes, self.case_note) if self.case_note else self.notes

    @property
    def cause(self) -> str:
        """The first line of `detail`: the same for judge errors that have the same cause."""
        return self.detail.partition("\n")[0]


def _few(notes: Sequence[str]) -> Iterator[str]:
    """At most `MOST_NOTES`, the last of which says that there are more."""
    fit = len(notes) <= MOST_NOTES
    for note in notes if fit else notes[: MOST_NOTES - 1]:
        yield shorten(note, SENTENCE)
    if not fit:
        yield "There are more notes than are shown."


def with_worth(report: Report, worth: Mapping[str, int]) -> Report:
    """The report with its groups, maximum and score added up anew from its cases.

    worth: the points that groups are worth, by name; a group that it doesn't name keeps its own. A
    judge error has no groups and no score: its maximum is the sum of `worth`, which names all.
    """
    if not report.groups:
        return replace(report, max_score=sum(worth.values())) if worth else report
    groups = [replace(g, max_points=worth.get(g.name, g.max_points)) for g in report.groups]
    return replace(
        report,
        groups=_with_points(groups, report.cases, report.verdict),
        max_score=sum(group.max_points for group in groups),
    )


def judge_error(
    entry: Entry, submission: Submission, sandbox: str, error: Exception, message: str = NOT_MARKED
) -> Report:
    """The report of a submission that the grader failed to judge."""
    cause = " ".join(f"{type(error).__name__}: {error}".split())
    return Report(
        student=submission.student,
        submission=submission.where,
        problem_id=entry.id,
        problem_version=entry.version,
        verdict=Verdict.JUDGE_ERROR,
        kind=Kind.NOT_MARKED,
        max_score=entry.problem.max_score,
        message=message,
        sandbox=sandbox,
        notes=submission.notes,
        detail="\n".join([cause, *last_lines()]),
    )
