"""The page that a student gets back. It names nobody else, and shows nothing of a hidden case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from markupsafe import Markup

from ..common.text import quote
from ..report.report import Report
from ..report.run import Decided, GradedProblem, Run
from ..submissions.roster import Student
from .check_html import diagnosis_html
from .groups import GroupOutcome, group_outcomes
from .html import render
from .pages import name_of, points, total_text
from .public_text import public_diagnosis, what_happened


@dataclass(frozen=True)
class Part:
    """One problem on the page. words: in place of a verdict. outcomes: none if nothing was judged.
    reasons, notes: those that name no one else. file: its name.
    """

    problem: GradedProblem
    report: Report | None
    words: str
    points: str
    unclear: bool
    decided: Decided | None
    reasons: Sequence[str]
    notes: Sequence[str]
    outcomes: Sequence[GroupOutcome]

    @property
    def diagnosis(self) -> Markup:
        assert self.report is not None
        return diagnosis_html(public_diagnosis(self.report.diagnosis), what_happened(self.report))

    @property
    def file(self) -> str:
        return PurePath(self.report.submission).name if self.report else ""


def feedback_page(run: Run, number: int) -> Markup:
    """The page of a student by their place in the run, from 1."""
    student = run.students[number - 1]
    return render(
        "feedback.html.jinja",
        title=name_of(student),
        run=run,
        total=total_text(run, student),
        parts=list(_parts(run, student)),
    )


def _parts(run: Run, student: Student) -> Iterator[Part]:
    for problem in run.problems:
        report, decision = run.report(student, problem), run.decision(student, problem)
        yield Part(
            problem,
            report,
            run.words(student, problem),
            points(run, student, problem),
            run.unclear(student, problem) is not None,
            decision,
            without_others(decision.reasons if decision else (), run, student),
            without_others(report.notes if report else (), run, student),
            list(group_outcomes(report)) if report else [],
        )


def without_others(texts: Sequence[str], run: Run, student: Student) -> list[str]:
    """The texts that name no other student of the run, by name, id or e-mail address."""
    if not texts:
        return []
    mine = (student.id, student.name, student.email)
    others = {
        quote(name)
        for other in run.students
        if other is not student
        for name in (other.id, other.name, other.email)
        if name.strip() and name not in mine
    }
    return [text for text in texts if not any(_names(text, other) for other in others)]


def _names(text: str, other: str) -> bool:
    """Whether a text has a name in it, and not as a part of a word."""
    return other in text and bool(re.search(rf"(?<!\w){re.escape(other)}(?!\w)", text))
