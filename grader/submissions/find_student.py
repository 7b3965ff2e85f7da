"""Finds the student whom a person means: by id, login, e-mail address, number or name."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType

from ..common.text import quote
from .match_roster import Matcher, Names, plain, spellings, words
from .roster import Student

NOBODY_ELSE: Mapping[str, str] = MappingProxyType({})
NEAREST = 3  # students who may have been meant
LIKE = 0.5  # of 1: a short id with one wrong character is like it
MOST_NAMES = 10  # in one sentence


def find_student(
    text: str, students: Sequence[Student], aliases: Mapping[str, str] = NOBODY_ELSE
) -> Student | list[Student]:
    """The student, or else whom the text may mean: all whom it fits, or the nearest three.

    The text fits as a submission's name fits a roster. If nothing fits in that way, some whole
    words of a name do. aliases: other names of students, such as those that the sources of their
    submissions have, with the students' ids.
    """
    names_of: defaultdict[str, list[str]] = defaultdict(list)
    for alias, student_id in aliases.items():
        names_of[student_id].append(alias)
    named = [replace(s, other_ids=(*s.other_ids, *names_of[s.id])) for s in students]
    fit = Matcher(named).match(Names(text)).students or _with_words(text, named)
    by_id = {student.id: student for student in students}
    found = [by_id[student.id] for student in fit or _nearest(text, named)]
    return found[0] if len(fit) == 1 else found


def no_student(text: str, near: Sequence[Student]) -> str:
    """Says that the text means no student, or not one alone. near: as `find_student` returns it."""
    sentence = f"{quote(text)!r} is not the id, name, e-mail address or number of one student."
    if not near:
        return sentence
    shown = [quote(s.id) + (f" ({quote(s.name)})" if s.name else "") for s in near[:MOST_NAMES]]
    *others, last = [*shown, *([f"{len(near) - MOST_NAMES} more"] if near[MOST_NAMES:] else [])]
    return f"{sentence} Did you mean {', '.join(others)}{' or ' if others else ''}{last}?"


def _with_words(text: str, students: Sequence[Student]) -> list[Student]:
    """The students whose name has all words of the text."""
    wanted = [spellings([word]) for word in words(text)]
    return [
        student
        for student in students
        if wanted
        and all(
            any(spelling & spellings([word]) for word in words(student.name)) for spelling in wanted
        )
    ]


def _nearest(text: str, students: Sequence[Student]) -> list[Student]:
    """The students with a name, or a word of one, that is like the text: the likest first."""
    known: defaultdict[str, dict[str, Student]] = defaultdict(dict)
    for student in students:
        names = [student.id, student.name, student.email, student.number, *student.other_ids]
        for name in plain([*names, student.email.partition("@")[0], *words(student.name)]):
            known[name][student.id] = student
    near: dict[str, Student] = {}
    for name in plain([text]):
        for like in get_close_matches(name, known, len(known) or 1, LIKE):
            near |= {
                student_id: s for student_id, s in known[like].items() if student_id not in near
            }
    return [*near.values()][:NEAREST]
