"""Prints what a run would grade: the file of each student and problem, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from ..common.text import quote, visible
from ..report.run import GradedProblem
from ..submissions import NotUnderstood, Submission
from ..submissions.look_alike import look_alike
from ..submissions.roster import Matching, Student
from .terminal import (
    Terminal,
    print_choices,
    print_look_alike,
    print_matching,
    print_with_notes,
    short_name,
)

WIDEST = 40  # cells of a column
ALL_FITS = Matching()


def print_plan(
    console: Terminal,
    students: Sequence[Student],
    problems: Sequence[GradedProblem],
    submissions: Sequence[Submission],
    not_understood: Sequence[NotUnderstood],
    choices: Sequence[str] = (),
    matching: Matching = ALL_FITS,
) -> None:
    """A line a student with the file for each problem, notes below it; the counts at the end.

    Before that, the choices that were made.
    """
    print_choices(console, choices)
    found = {(item.student, item.problem_id): item for item in submissions}
    unclear = {(item.student, item.problem_id): item.words for item in matching.unclear}
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in ("student", *problems):
        table.add_column(max_width=WIDEST, no_wrap=True, overflow="ellipsis")
    table.add_row("student", *(Text(quote(problem.id)) for problem in problems), style="bold")
    notes = []
    for student in students:
        keys = [(student.id, problem.id) for problem in problems]
        items = [found.get(key) for key in keys]
        files = [
            Text(_file(item)) if item else Text(unclear.get(key, "nothing"), "yellow")
            for key, item in zip(keys, items, strict=True)
        ]
        table.add_row(Text(_who(student)), *files)
        notes.append(dict.fromkeys(note for item in items if item for note in item.notes))
    print_with_notes(console, table, notes, indent=2)
    noted = {note for below in notes for note in below}
    left = [item for item in not_understood if item.why not in noted]
    for other in left:
        console.say(visible(f"Not understood: {other.path}: {other.why}"))
    if left:
        console.print()
    print_matching(console, matching)
    print_look_alike(console, look_alike(students))
    handed_in = {student for student, _ in (*found, *unclear)}
    enrolled = {student.id for student in students}.difference(matching.not_in_roster)
    each = ", ".join(
        f"{quote(problem.id)} {sum(s.problem_id == problem.id for s in submissions):,}"
        for problem in problems
    )
    console.say(
        f"Students: {len(enrolled):,}, of whom {len(enrolled - handed_in):,} handed in nothing. "
        f"Submissions: {len(submissions):,} ({each}). Not understood: {len(left):,}."
    )


def _who(student: Student) -> str:
    """Id and name. The id comes first, since it tells people apart."""
    name = "" if student.name in ("", student.id) else f" ({quote(student.name, 80)})"
    return short_name(student.id) + name


def _file(submission: Submission) -> str:
    """The end of its path, which says most."""
    shown = quote("/".join(submission.path.parts[-2:]), 1000)
    return shown if cell_len(shown) <= WIDEST else f"…{shown[1 - WIDEST :]}"
