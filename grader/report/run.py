"""A grading run as data: who was to hand in what, and every report. All outputs are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..submissions import NotUnderstood
from ..submissions.student import Student
from .report import Report


@dataclass(frozen=True)
class GradedProblem:
    """A problem of the run."""

    id: str
    title: str
    max_score: int


@dataclass(frozen=True)
class Run:
    """students: everyone in the roster, in its order, and then everyone else who handed in.

    reports: at most one for each student and problem. A student without one handed in nothing.
    """

    seed: int
    problems: tuple[GradedProblem, ...]
    students: tuple[Student, ...]
    reports: tuple[Report, ...]
    not_understood: tuple[NotUnderstood, ...] = ()

    @cached_property
    def _of(self) -> dict[tuple[str, str], Report]:
        return {(report.student, report.problem_id): report for report in self.reports}

    def report(self, student: Student, problem: GradedProblem) -> Report | None:
        """None where the student handed in nothing for the problem."""
        return self._of.get((student.id, problem.id))
