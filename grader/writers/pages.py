"""The pages of a class report: what they call students and points, and the page of one student."""

from __future__ import annotations

import re

from markupsafe import Markup

from ..common.text import quote
from ..report.run import GradedProblem, Run
from ..submissions.roster import Student
from .check_html import diagnosis_html
from .html import render

LONGEST_NAME = 60  # characters


def name_of(student: Student) -> str:
    """What to call a student, in one short visible line of text."""
    return quote(student.shown, LONGEST_NAME) or ascii(student.shown)


def page_name(number: int, student: Student) -> str:
    """The file of a student's page. No id leads out of the folder.

    number: the student's place in the run, from 1. It makes names differ on every file system.
    """
    slug = "".join(re.findall("[A-Za-z0-9]", student.id))[:40] or "student"
    return f"{number}-{slug}.html"


def page_names(run: Run) -> dict[str, str]:
    """The file of each student's page, by the student's id."""
    return {student.id: page_name(n, student) for n, student in enumerate(run.students, 1)}


def points(run: Run, student: Student, problem: GradedProblem) -> str:
    """The score as text: "0" if nothing was handed in, "?" if it is not known."""
    score = run.score(student, problem)
    return "?" if score is None else str(score)


def total_text(run: Run, student: Student) -> str:
    """The total, such as "27", or "7 + ?" if a score is not known."""
    total, incomplete = run.total(student)
    return f"{total} + ?" if incomplete else str(total)


def student_page(run: Run, number: int) -> Markup:
    """The page of a student by their place in the run, from 1."""
    student = run.students[number - 1]
    reports = [run.report(student, problem) for problem in run.problems]
    diagnoses = [diagnosis_html(r.diagnosis, r.message) if r else None for r in reports]
    return render(
        "student.html.jinja",
        title=name_of(student),
        run=run,
        number=number,
        student=student,
        name_of=name_of,
        page_name=page_name,
        problems=list(zip(run.problems, reports, diagnoses, strict=True)),
        points=points,
        total=total_text(run, student),
    )
