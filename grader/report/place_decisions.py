"""Finds what each decision by hand is about: whose mark, and for which problem and group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from ..common.errors import DecisionsError
from ..common.text import quote
from ..submissions.match_roster import Matcher, Names
from ..submissions.roster import Student
from .decisions import Decision
from .run import GradedGroup, GradedProblem, Run

MOST_NAMES = 5  # in one sentence


@dataclass(frozen=True)
class Placed:
    """A decision and what it is about. student: the id, None for everyone. group: None for the
    whole problem.
    """

    decision: Decision
    student: str | None
    problem: GradedProblem
    group: GradedGroup | None

    @property
    def order(self) -> tuple[bool, int]:
        """Points that replace others come first, then what is added, as the file has it."""
        return self.decision.relative, self.decision.line

    def step(self, points: int | None) -> tuple[int, str]:
        """The points after this decision, and a sentence about it. points: None if unknown."""
        asked = self.decision.points
        if self.decision.relative:
            asked += points or 0
        what = f"points for “{self.group.purpose}”" if self.group else "mark"
        if self.student is None:
            what += " for everyone"
        stops = f" ({self.decision.points:+} stops at 0)" if asked < 0 else ""
        before = "unknown" if points is None else points
        after = max(asked, 0)
        return after, f"{what} from {before} to {after}{stops}: {self.decision.reason}"


def place_decisions(
    run: Run, decisions: Iterable[Decision], aliases: Mapping[str, Sequence[str]]
) -> tuple[list[Placed], dict[int, str]]:
    """What each decision is about; and for each that fits no student or several, by line, why.

    Raises DecisionsError if a problem or a group is not there, or if two exclude each other.
    """
    students = [
        replace(student, other_ids=(*student.other_ids, *aliases.get(student.id, ())))
        for student in run.students
    ]
    matcher = Matcher(students)
    placed, unused = [], {}
    for decision in decisions:
        problem = _problem(run, decision)
        group = _group(problem, decision) if decision.group else None
        if not decision.student:
            placed.append(Placed(decision, None, problem, group))
            continue
        found = matcher.match(Names(decision.student))
        if found.student:
            placed.append(Placed(decision, found.student.id, problem, group))
        else:
            unused[decision.line] = _nobody(decision, found.students, students)
    _refuse_two(placed)
    return placed, unused


def _refuse_two(placed: Iterable[Placed]) -> None:
    """Raises DecisionsError if two decisions set the same points."""
    lines: dict[tuple[str | None, str, str], int] = {}
    for item in placed:
        key = item.student, item.problem.id, item.group.name if item.group else ""
        line = item.decision.line
        if not item.decision.relative and lines.setdefault(key, line) != line:
            raise DecisionsError(
                f"{item.decision.place}: line {lines[key]} sets the same points. Delete one of the "
                "two, or write + or - before points that are to be added."
            )


def _nobody(decision: Decision, found: Sequence[Student], students: Sequence[Student]) -> str:
    name = quote(decision.student)
    if found:
        ids = [student.id for student in found]
        return f"{decision.place}: {name} fits several students: {_list(ids)}. Write an id."
    names = [n for s in students for n in (s.id, s.name, s.email, *s.other_ids) if n]
    return f"{decision.place}: there is no student {name}.{_nearest(decision.student, names)}"


def _problem(run: Run, decision: Decision) -> GradedProblem:
    ids = [problem.id for problem in run.problems]
    if not decision.problem and len(ids) == 1:
        return run.problems[0]
    if decision.problem in ids:
        return run.problems[ids.index(decision.problem)]
    what = f"there is no problem {quote(decision.problem)}" if decision.problem else "no problem"
    raise DecisionsError(f"{decision.place}: {what}. Write one of these: {_list(ids)}.")


def _group(problem: GradedProblem, decision: Decision) -> GradedGroup:
    """By its name, else by its purpose, which is what the pages show."""
    for group in sorted(problem.groups, key=lambda group: group.name != decision.group):
        if decision.group in (group.name, group.purpose):
            return group
    names = [group.name for group in problem.groups]
    near = _nearest(decision.group, names) or f" Its groups: {_list(names)}."
    raise DecisionsError(
        f"{decision.place}: {problem.id} has no group {quote(decision.group)}.{near}"
    )


def _nearest(name: str, names: Iterable[str]) -> str:
    """A sentence with the names that are written most like it, "" if none is."""
    written = {one.casefold(): one for one in names}
    near = get_close_matches(name.casefold(), written, MOST_NAMES)
    return f" The nearest: {_list([written[one] for one in near])}." if near else ""


def _list(names: Sequence[str]) -> str:
    return ", ".join(map(quote, names[:MOST_NAMES])) + (" …" if len(names) > MOST_NAMES else "")
