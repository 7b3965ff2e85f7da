"""A grading run as data: who was to hand in what, and every report. All outputs are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ..common.bounded import Count, Points
from ..course.catalogue import Entry
from ..submissions import NotUnderstood
from ..submissions.roster import Matching, Student, Unclear
from .report import Report

SCHEMA: Literal[5] = 5
NOTHING = "nothing handed in"


@dataclass(frozen=True)
class GradedGroup:
    """A group of cases: what it shows, and the points that it is worth."""

    name: str
    purpose: str
    max_points: Points


@dataclass(frozen=True)
class GradedProblem:
    """A problem of the run. max_score: the points of its groups together. entry_point: the name of
    the function that students write.
    """

    id: str
    title: str
    max_score: Points
    groups: tuple[GradedGroup, ...] = ()
    entry_point: str = ""


def graded_problem(entry: Entry) -> GradedProblem:
    """What a run says of the problem."""
    problem = entry.problem
    groups = (GradedGroup(n, g.purpose, g.points) for n, g in problem.groups.items())
    return GradedProblem(
        entry.id, problem.title, problem.max_score, tuple(groups), problem.entry_point
    )


@dataclass(frozen=True)
class Replaced:
    """A submission that was graded before, and that a newer one of the student replaces.

    submission: its path. verdict: in words. score: None if it was not known.
    """

    student: str
    problem_id: str
    submission: str
    verdict: str
    score: Points | None


@dataclass(frozen=True)
class Decided:
    """A mark that a person decided. graded: the points before that, None if they were not known.
    reasons: a sentence for each decision: what it changes, and why.
    """

    student: str
    problem_id: str
    graded: Points | None
    score: Points
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """A grading run.

    seed: repeats the run with --seed. students: everyone in the roster, in its order, and then
    everyone else who handed in. reports: at most one for each student and problem. not_understood:
    what was not graded, and why. choices: what the grader decided without being
    told, such as the form of the names, a sentence each. matching: who of the roster has nothing
    or no score, and who is not in it. replaced: what counted before and no longer does. decided:
    the marks that are decided by hand. decisions_unused: decisions that fit no student or change
    nothing, a sentence each. look_alike: sentences on the students whose name may be read as
    another, by their ids. schema: the version of this format.
    """

    seed: Count
    problems: tuple[GradedProblem, ...]
    students: tuple[Student, ...]
    reports: tuple[Report, ...]
    not_understood: tuple[NotUnderstood, ...] = ()
    choices: tuple[str, ...] = ()
    matching: Matching = field(default_factory=Matching)
    replaced: tuple[Replaced, ...] = ()
    decided: tuple[Decided, ...] = ()
    decisions_unused: tuple[str, ...] = ()
    look_alike: Mapping[str, str] = field(default_factory=dict)
    schema: Literal[5] = SCHEMA

    @cached_property
    def _by_student(self) -> dict[tuple[str, str], Report]:
        return {(report.student, report.problem_id): report for report in self.reports}

    @cached_property
    def _unclear(self) -> dict[tuple[str, str], Unclear]:
        return {(item.student, item.problem_id): item for item in self.matching.unclear}

    @cached_property
    def _decided(self) -> dict[tuple[str, str], Decided]:
        return {(item.student, item.problem_id): item for item in self.decided}

    @cached_property
    def enrolled(self) -> list[Student]:
        """The students of the roster; everyone, if there is none."""
        others = set(self.matching.not_in_roster)
        return [student for student in self.students if student.id not in others]

    @cached_property
    def _notes(self) -> set[str]:
        return {note for report in self.reports for note in report.notes}

    @cached_property
    def passed_over(self) -> list[NotUnderstood]:
        """What was not graded because another file of the student counts."""
        return [item for item in self.not_understood if item.why in self._notes]

    @cached_property
    def left_out(self) -> list[NotUnderstood]:
        """What was not graded, and is in no report's notes."""
        return [item for item in self.not_understood if item.why not in self._notes]

    def report(self, student: Student, problem: GradedProblem) -> Report | None:
        """None if there is no submission of the student for the problem."""
        return self._by_student.get((student.id, problem.id))

    def unclear(self, student: Student, problem: GradedProblem) -> Unclear | None:
        """Why there is no report, if it is not that the student handed in nothing."""
        return self._unclear.get((student.id, problem.id))

    def decision(self, student: Student, problem: GradedProblem) -> Decided | None:
        """The student's mark for the problem, if it is decided by hand."""
        return self._decided.get((student.id, problem.id))

    def why_decided(self, student: Student, problem: GradedProblem) -> str | None:
        """What was decided by hand about the mark, and why; None if nothing was."""
        decision = self.decision(student, problem)
        return "; ".join(decision.reasons) if decision else None

    def words(self, student: Student, problem: GradedProblem) -> str:
        """The verdict, or what there is in its place."""
        if report := self.report(student, problem):
            return report.verdict.words
        unclear = self.unclear(student, problem)
        return unclear.words if unclear else NOTHING

    def score(self, student: Student, problem: GradedProblem) -> int | None:
        """The points: those that are decided by hand, else 0 if nothing was handed in, None if they
        are not known: for a judge error, a conflict, and what could not be read.
        """
        if decision := self.decision(student, problem):
            return decision.score
        if report := self.report(student, problem):
            return report.score
        return None if self.unclear(student, problem) else 0

    def total(self, student: Student) -> tuple[int, bool]:
        """The sum of the scores, and whether one that is not known is missing from it."""
        scores = [self.score(student, problem) for problem in self.problems]
        return sum(score or 0 for score in scores), None in scores

    @property
    def max_score(self) -> int:
        """The points of all problems together."""
        return sum(problem.max_score for problem in self.problems)
