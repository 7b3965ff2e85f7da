"""Which of all that a class handed in counts, and for whom."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ..submissions import HandedIn, NotUnderstood, Submission
from ..submissions.join_roster import join_roster
from ..submissions.match_roster import Matcher, Names
from ..submissions.roster import Matching, Student
from ..submissions.times import OWN_TIME
from .class_state import ClassState, Received, are_within

MOMENT = 60  # seconds: a download or a copy gives its files times this close


@dataclass(frozen=True)
class Counting:
    """What counts.

    work: what was received, with the submission under its name in the class. replaced: what counts
    no longer, with its student. passed_over: what is no submission. choices: how the submissions
    were matched with the roster, a sentence each.
    """

    work: list[tuple[Received, Submission]]
    replaced: list[tuple[str, Received]]
    students: list[Student]
    matching: Matching
    passed_over: tuple[NotUnderstood, ...]
    choices: tuple[str, ...]

    def aliases(self) -> dict[str, list[str]]:
        """By the students' ids: the names that their submissions came under."""
        named = [(item.student, received.student) for received, item in self.work]
        named += [(student, received.student) for student, received in self.replaced]
        aliases: defaultdict[str, list[str]] = defaultdict(list)
        for student, name in dict.fromkeys(named):
            aliases[student].append(name)
        return dict(aliases)


def what_counts(state: ClassState) -> Counting:
    """Of one student's work for one problem, the newest counts; if nothing says which is newer,
    what was found first by a later command.

    What a command found together stays together: if it is several submissions, they are in
    conflict. What is gone from its place counts only if there is nothing else.
    """
    matcher = Matcher(state.roster.students)
    people: dict[Names, str] = {}
    groups: defaultdict[tuple[str, str], list[Received]] = defaultdict(list)
    ids = [problem.id for problem in state.problems]
    for item in state.received:
        if item.problem_id in ids:
            names = Names(item.student, item.identity)
            if names not in people:
                student = matcher.match(names).student
                people[names] = student.id if student else item.student
            groups[people[names], item.problem_id].append(item)
    current: list[Received] = []
    replaced: list[tuple[str, Received]] = []
    for (student_id, _), items in groups.items():
        chosen = _choose(items)
        current += chosen
        replaced += [(student_id, item) for item in items if item not in chosen]
    passed_over = tuple(remark.passed_over for remark in state.remarks if remark.passed_over)
    by_place = {(item.student, item.problem_id, item.files[0]): item for item in current}
    joined = join_roster(state.roster, [*map(_submission, current)], passed_over, ids)
    work = [
        (by_place[found.student, found.problem_id, found.where], named)
        for found, named in zip(joined.found, joined.submissions, strict=True)
    ]
    return Counting(work, replaced, joined.students, joined.matching, passed_over, joined.choices)


def _choose(items: Sequence[Received]) -> list[Received]:
    """Of one student's work for one problem."""
    together: defaultdict[int, list[Received]] = defaultdict(list)
    for item in items:
        later = (other for other in items if other.command > item.command)
        if not any(are_within(item.named, other.named) for other in later):
            together[item.command].append(item)
    chosen: list[Received] = []
    for command in sorted(together, reverse=True):
        if not chosen or _counts_before(together[command], chosen):
            chosen = together[command]
    return chosen


def _counts_before(earlier: Sequence[Received], chosen: Sequence[Received]) -> bool:
    """Whether work counts though a later command found the other. That may be old work, found
    again.
    """
    if any(all(is_newer(item.handed_in, other.handed_in) for other in chosen) for item in earlier):
        return True
    older = any(is_newer(o.handed_in, item.handed_in) for item in earlier for o in chosen)
    return not older and max(i.first for i in earlier) > max(o.first for o in chosen)


def is_newer(one: HandedIn, other: HandedIn) -> bool:
    """Whether one is certainly newer: by the learning system, else by the files' times."""
    if len(one.order) == len(other.order) and one.order != other.order:
        return one.order > other.order
    if all(item.time and item.said_by != OWN_TIME for item in (one, other)):
        first, second = (datetime.fromisoformat(item.time) for item in (one, other))
        return first.astimezone() > second.astimezone()
    return one.modified - other.modified > MOMENT


def _submission(item: Received) -> Submission:
    return Submission(
        item.student,
        Path(item.files[0]),
        item.problem_id,
        notes=item.notes,
        where=item.files[0],
        identity=item.identity,
        handed_in=item.handed_in,
    )
