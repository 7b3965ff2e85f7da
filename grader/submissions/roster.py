"""The roster as data: the students of a class, and what came of matching submissions with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

TEST_STUDENT = ("student", "test")  # as Canvas calls the one that it makes for each course
UnclearWords = Literal["conflict", "could not be read", "not graded yet"]
UNCLEAR: tuple[UnclearWords, ...] = get_args(UnclearWords)


@dataclass(frozen=True)
class Student:
    """A student of the class, from the roster or by the name of a submission.

    id: the name in every output. canvas: their cells in a Canvas gradebook, by column, if the
    roster is one. other_ids: what else the roster calls them, such as a login. number: the learning
    system's own number of them. former: what earlier rosters of the class called them.
    """

    id: str
    name: str = ""
    email: str = ""
    canvas: Mapping[str, str] = field(default_factory=dict)
    other_ids: tuple[str, ...] = ()
    number: str = ""
    former: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name that people read."""
        return self.name or self.id


@dataclass(frozen=True)
class Unclear:
    """Why a student has no score for a problem, though something of theirs was handed in.

    words: in place of a verdict. A conflict is work from two sources.
    """

    student: str
    problem_id: str
    words: UnclearWords
    why: str


@dataclass(frozen=True)
class Matching:
    """How the submissions and the roster fit together.

    unmatched: the names of submissions that match nobody in the roster. absent: the ids of those in
    the roster who handed in nothing. unclear: students who have no score for another reason, also
    if there is no roster. not_in_roster: the ids of the students of the class who are not in the
    roster: work that matches nobody, and each source of a conflict. Empty if there is no roster.
    """

    unmatched: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    unclear: tuple[Unclear, ...] = ()
    not_in_roster: tuple[str, ...] = ()


def is_test_student(name: str) -> bool:
    """Whether a full name, in any order, is that of the test student that Canvas makes."""
    words = name.replace(",", " ").casefold().split()
    return sorted(words) == sorted(TEST_STUDENT) or words == ["".join(TEST_STUDENT)]
