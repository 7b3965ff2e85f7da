"""A report: everything known about one graded submission, as data.

Every output is written from reports, and from nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..common.log import last_lines
from ..common.verdict import Verdict
from ..common.versions import versions
from ..course.catalogue import Entry
from ..course.problem import Case, Problem
from ..diagnosis.diagnosis import Diagnosis
from ..judging.judgement import Judgement
from ..judging.kind import Kind
from ..submissions import Submission


@dataclass(frozen=True)
class CaseReport:
    """The result of one case; verdict and kind are None if the submission was over before it.

    largest_error, allowed_error: in the units of the output, None if no numbers were compared;
    the largest error is also None if a number was NaN or infinite (its kind says so). where: the
    index of the largest error, in the expected shape.
    """

    group: str
    shapes: tuple[tuple[int, ...], ...]
    verdict: Verdict | None
    kind: Kind | None
    message: str
    largest_error: float | None
    allowed_error: float | None
    where: tuple[int, ...] | None
    seconds: float

    @property
    def accepted(self) -> bool:
        return self.verdict is Verdict.ACCEPTED


def case_report(case: Case, judgement: Judgement | None, seconds: float = 0.0) -> CaseReport:
    """One case and what was judged of it."""
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
    """The points for one group of cases: all of them where all its cases are accepted, else 0."""

    name: str
    purpose: str
    points: int
    max_points: int


def group_reports(
    problem: Problem, cases: Sequence[CaseReport], void: bool
) -> tuple[GroupReport, ...]:
    """void: whether the verdict costs all points, whatever was right."""
    drawn = {case.group for case in cases}
    lost = {case.group for case in cases if not case.accepted}
    return tuple(
        GroupReport(
            name=name,
            purpose=group.purpose,
            points=0 if void or name not in drawn or name in lost else group.points,
            max_points=group.points,
        )
        for name, group in problem.groups.items()
    )


@dataclass(frozen=True)
class Report:
    """The whole of one submission. A judge error has no groups: it has not been judged.

    raised: the type of the exception that decided, if one did. output: what it printed, capped.
    """

    student: str
    submission: str
    sha256: str | None
    problem_id: str
    problem_version: str
    verdict: Verdict
    kind: Kind
    max_score: int
    message: str
    notes: tuple[str, ...]
    groups: tuple[GroupReport, ...]
    cases: tuple[CaseReport, ...]
    output: str
    seconds: float
    sandbox: str
    diagnosis: Diagnosis = field(default_factory=Diagnosis)
    raised: str = ""
    disturbed: bool = False  # whether what ran beside it may have decided the verdict
    # Of a judge error, for its author or a maintainer: the cause, then the log's last lines.
    detail: str = ""
    versions: dict[str, str] = field(default_factory=versions)

    @property
    def score(self) -> int | None:
        """The points of its groups; None for a judge error."""
        if self.verdict is Verdict.JUDGE_ERROR:
            return None
        return sum(group.points for group in self.groups)

    @property
    def cause(self) -> str:
        """The first line of `detail`: judge errors of one cause have it in common."""
        return self.detail.partition("\n")[0]


NOT_MARKED = "The grader failed, not the submission; it has not been marked. Grade it again."


def judge_error(
    entry: Entry,
    submission: Submission,
    sandbox: str,
    error: Exception,
    message: str = NOT_MARKED,
) -> Report:
    """The report of a submission that we failed to judge."""
    cause = " ".join(f"{type(error).__name__}: {error}".split())
    return Report(
        student=submission.student,
        submission=submission.where,
        sha256=None,
        problem_id=entry.id,
        problem_version=entry.version,
        verdict=Verdict.JUDGE_ERROR,
        kind=Kind.NOT_MARKED,
        max_score=entry.problem.max_score,
        message=message,
        notes=submission.notes,
        groups=(),
        cases=(),
        output="",
        seconds=0.0,
        sandbox=sandbox,
        detail="\n".join([cause, *last_lines()]),
    )
