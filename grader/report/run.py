"""A grading run as data: who was to hand in what, and every report. All outputs are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ..submissions import NotUnderstood
from ..submissions.roster import Student
from .report import Report

SCHEMA: Literal[4] = 4


@dataclass(frozen=True)
class GradedProblem:
    """A problem of the run."""

    id: str
    title: str
    max_score: int


@dataclass(frozen=True)
class Run:
    """A grading run.

    seed: repeats the run with --seed. students: everyone in the roster, in its order, and then
    everyone else who handed in. reports: at most one for each student and problem. not_understood:
    what was not graded, and why. choices: what the grader decided without being
    told, such as the form of the names, a sentence each. schema: the version of this format.
    """

    seed: int
    problems: tuple[GradedProblem, ...]
    students: tuple[Student, ...]
    reports: tuple[Report, ...]
    not_understood: tuple[NotUnderstood, ...] = ()
    choices: tuple[str, ...] = ()
    schema: Literal[4] = SCHEMA

    @cached_property
    def _by_student(self) -> dict[tuple[str, str], Report]:
        return {(report.student, report.problem_id): report for report in self.reports}

    def report(self, student: Student, problem: GradedProblem) -> Report | None:
        """None if the student handed in nothing for the problem."""
        return self._by_student.get((student.id, problem.id))

    def score(self, student: Student, problem: GradedProblem) -> int | None:
        """The points: 0 if nothing was handed in, None for a judge error."""
        report = self.report(student, problem)
        return report.score if report else 0

    def total(self, student: Student) -> tuple[int, bool]:
        """The sum of the scores, and whether a judge error is missing from it."""
        scores = [self.score(student, problem) for problem in self.problems]
        return sum(score or 0 for score in scores), None in scores

    @property
    def max_score(self) -> int:
        """The points of all problems together."""
        return sum(problem.max_score for problem in self.problems)
