"""The options that say what class it is. A results folder remembers them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

from ..common.errors import UsageError
from ..common.text import quote
from ..course.catalogue import Course
from ..report.class_state import ClassState
from ..submissions.check_assignments import check_assignments
from ..submissions.join_roster import with_former_names
from ..submissions.read_roster import Roster, read_roster
from .options import a_time, an_assignment

MOST_NAMED = 5  # students in one sentence


def add_class_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--roster", metavar="CSV", help="the class: id, name, e-mail; or Canvas's own")
    add(
        "--canvas",
        type=an_assignment,
        action="append",
        default=[],
        metavar="ID=NUMBER",
        help="the number of a problem's assignment in Canvas, for canvas.csv",
    )
    add("--due", type=a_time, metavar="TIME", help="what was handed in later is marked as late")


def check_class_options(options: argparse.Namespace, course: Course) -> Roster | None:
    """The new roster, if one is named. Raises UsageError or RosterError."""
    unknown = {problem_id for problem_id, _ in options.canvas} - set(course.entries)
    if unknown:
        raise UsageError(f"--canvas: there is no problem {', '.join(sorted(unknown))}.")
    return read_roster(options.roster) if options.roster else None


def with_class_options(
    state: ClassState, options: argparse.Namespace, roster: Roster | None
) -> tuple[ClassState, list[str]]:
    """The state with what the options say anew, and a sentence for each change."""
    said: list[str] = []
    if roster is not None:
        if state.roster.students:
            roster = with_former_names(roster, state.roster)
            said += _roster_changes(state.roster, roster)
        state = replace(state, roster=roster)
    for problem_id, number in options.canvas:
        before = state.assignments.get(problem_id, number)
        if before != number:
            said.append(f"Canvas: {problem_id} is now assignment {number}, before {before}.")
        state = replace(state, assignments={**state.assignments, problem_id: number})
    if options.due:
        due = options.due.isoformat()
        if state.due not in ("", due):
            said.append(f"Due: now {due}, before {state.due}.")
        state = replace(state, due=due)
    return state, said


def canvas_remarks(state: ClassState) -> list[str]:
    """What Canvas will show otherwise. Raises UsageError for a number that it doesn't have."""
    points = {problem.id: problem.max_score for problem in state.problems}
    return check_assignments(state.roster, state.assignments, points)


def _roster_changes(old: Roster, new: Roster) -> Iterator[str]:
    before = {student.id: student for student in old.students}
    after = {student.id: student for student in new.students}
    renamed = [
        f"{quote(student.id)} ({quote(before[student.id].name)} → {quote(student.name)})"
        for student in new.students
        if student.id in before and student.name != before[student.id].name
    ]
    gone = [name for name in before if name not in after]
    other_id = {
        name: student.id
        for student in new.students
        for name in gone
        if name in student.former and student.id not in before
    }
    there = (*before, *other_id.values())
    parts = (
        ("new", [quote(name) for name in after if name not in there]),
        ("no longer in it", [quote(name) for name in gone if name not in other_id]),
        ("with another id", [f"{quote(id)} → {quote(to)}" for id, to in other_id.items()]),
        ("with another name", renamed),
    )
    for what, names in parts:
        if names:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            shown = ", ".join(names[:MOST_NAMED])
            yield f"The new roster: {len(names)} {what}: {shown}{more}."
