"""Checks the numbers of Canvas assignments against the gradebook that is the roster."""

from collections import defaultdict
from collections.abc import Mapping
from difflib import SequenceMatcher

from ..common.errors import UsageError
from ..common.text import quote
from .read_roster import Roster

MOST_COLUMNS = 10  # in one message


def check_assignments(
    roster: Roster, assignments: Mapping[str, int], max_scores: Mapping[str, int]
) -> list[str]:
    """Sentences about what Canvas will show otherwise than we do.

    assignments: the number of each problem's assignment, by the problem's id. max_scores: the
    problems' points. Raises UsageError for a number that the gradebook doesn't have, and for one
    that two problems have.
    """
    problems: defaultdict[int, list[str]] = defaultdict(list)
    for problem_id, number in assignments.items():
        problems[number].append(problem_id)
    for number, ids in problems.items():
        if len(ids) > 1:
            raise UsageError(
                f"--canvas: {' and '.join(ids)} both have the number {number}. Give each its own."
            )
    if not roster.canvas_columns:
        return _not_checked(roster) if assignments else []
    columns = {column.number: column for column in roster.canvas_columns}
    for problem_id, number in assignments.items():
        if number not in columns:
            raise UsageError(_unknown(roster, problem_id, number))
    return [
        f"{problem_id} has {points} points here and {column.points:g} in Canvas "
        f"({quote(column.title)}): Canvas shows {points}/{column.points:g}. Change the points of "
        "the assignment there, or of the problem here."
        for problem_id, number in assignments.items()
        for column, points in [(columns[number], max_scores.get(problem_id))]
        if points is not None and column.points is not None and column.points != points
    ]


def _not_checked(roster: Roster) -> list[str]:
    sentence = (
        "The numbers of --canvas are not checked, since the roster is no gradebook from Canvas "
        "with assignments in it."
    )
    if not any(student.canvas for student in roster.students):
        sentence += " canvas.csv has no students: export the gradebook, and use it as --roster."
    return [sentence]


def _unknown(roster: Roster, problem_id: str, number: int) -> str:
    def likeness(other: int) -> float:
        return SequenceMatcher(None, str(number), str(other)).ratio()

    nearest = sorted(roster.canvas_columns, key=lambda column: -likeness(column.number))
    shown = [f"  {column.number}  {quote(column.title)}" for column in nearest[:MOST_COLUMNS]]
    if len(nearest) > MOST_COLUMNS:
        shown.append(f"  and {len(nearest) - MOST_COLUMNS} more")
    return (
        f"--canvas {problem_id}={number}: the roster has no assignment of this number. It has\n"
        + "\n".join(shown)
    )
