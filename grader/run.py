"""A grading run as data: who was to hand in what, and every report. All outputs are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .report import Report
from .submissions import NotUnderstood


@dataclass(frozen=True)
class Student:
    """Who may hand in. `id` is the name that their submissions go by.

    canvas: the columns of a Canvas gradebook that name a student (Student, ID, SIS User ID, SIS
    Login ID, Section), where the roster has them.
    """

    id: str
    name: str = ""
    email: str = ""
    canvas: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """What to call them."""
        return self.name or self.id


@dataclass(frozen=True)
class Graded:
    """A problem of the run."""

    id: str
    title: str
    max_score: int


@dataclass(frozen=True)
class Run:
    """students: everyone in the roster, in its order, and then everyone else who handed in.

    reports: at most one for each student and problem. A student without one handed in nothing.
    per_student: whether each student had values of their own.
    """

    seed: int
    per_student: bool
    problems: tuple[Graded, ...]
    students: tuple[Student, ...]
    reports: tuple[Report, ...]
    not_understood: tuple[NotUnderstood, ...] = ()

    @cached_property
    def _of(self) -> dict[tuple[str, str], Report]:
        return {(report.student, report.problem_id): report for report in self.reports}

    def report(self, student: Student, problem: Graded) -> Report | None:
        """None where the student handed in nothing for the problem."""
        return self._of.get((student.id, problem.id))
