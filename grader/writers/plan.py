"""Prints what a run would grade: what was found for whom, and what was not understood."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ..common.text import quote, visible
from ..report.run import GradedProblem
from ..submissions import NotUnderstood, Submission
from ..submissions.student import Student
from .terminal import Terminal, table_lines

WIDEST = 40  # cells of a column


def print_plan(
    console: Terminal,
    students: Sequence[Student],
    problems: Sequence[GradedProblem],
    submissions: Sequence[Submission],
    not_understood: Sequence[NotUnderstood],
) -> None:
    """A line a student with the file for each problem, notes below it; the counts at the end."""
    found = {(item.student, item.problem_id): item for item in submissions}
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in ("student", *problems):
        table.add_column(max_width=WIDEST, no_wrap=True, overflow="ellipsis")
    table.add_row("student", *(Text(quote(problem.id)) for problem in problems), style="bold")
    for student in students:
        mine = [found.get((student.id, problem.id)) for problem in problems]
        files = [Text(_file(item)) if item else Text("nothing", "yellow") for item in mine]
        table.add_row(Text(_who(student)), *files)
    headings, *lines = table_lines(console, table)
    console.print(headings, soft_wrap=True)
    console.print(Rule(characters="─", style="dim"))
    told = set()
    for student, line in zip(students, lines, strict=True):
        console.print(line, soft_wrap=True)
        for problem in problems:
            item = found.get((student.id, problem.id))
            for note in item.notes if item else ():
                if note not in told:
                    console.print(Text(f"  {visible(note)}"), soft_wrap=True)
                told.add(note)
    console.print()
    left = [item for item in not_understood if item.why not in told]
    for other in left:
        console.print(Text(visible(f"Not understood: {other.path}: {other.why}")), soft_wrap=True)
    if left:
        console.print()
    console.print(Text(_counts(students, problems, submissions, left)), soft_wrap=True)


def _who(student: Student) -> str:
    """Id and name; the id, whole or by its ends, since it tells people apart."""
    name = "" if student.name in ("", student.id) else f" ({quote(student.name, 80)})"
    shown = quote(student.id, 1000) or "(no name)"
    shown = shown if len(shown) <= 30 else f"{shown[:15]}…{shown[-14:]}"
    return shown + name


def _file(submission: Submission) -> str:
    """The end of its path, which says most."""
    shown = quote("/".join(submission.path.parts[-2:]), 1000)
    return shown if cell_len(shown) <= WIDEST else f"…{shown[1 - WIDEST :]}"


def _counts(
    students: Sequence[Student],
    problems: Sequence[GradedProblem],
    submissions: Sequence[Submission],
    left: Sequence[NotUnderstood],
) -> str:
    handed_in = {submission.student for submission in submissions}
    none = sum(student.id not in handed_in for student in students)
    each = ", ".join(
        f"{quote(problem.id)} {sum(s.problem_id == problem.id for s in submissions):,}"
        for problem in problems
    )
    return (
        f"Students: {len(students):,}, of whom {none:,} handed in nothing. "
        f"Submissions: {len(submissions):,} ({each}). Not understood: {len(left):,}."
    )
