"""Decides who is who: which student of a roster a submission's source means."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .roster import Student
from .submission import Identity

NUMBERED = re.compile(r"(.+?)_[0-9]{1,25}", re.DOTALL)  # a name and a system's number
# Letters that are no letter with an accent, as people write them without.
LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
)
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


@dataclass(frozen=True)
class Names:
    """All that a source calls a student."""

    student: str
    identity: Identity = field(default_factory=Identity)

    @property
    def logins(self) -> list[str]:
        return _filled(self.student, self.identity.login)

    @property
    def emails(self) -> list[str]:
        return [name for name in _filled(*self.logins, self.identity.email) if "@" in name]

    @property
    def full_names(self) -> list[str]:
        numbered = NUMBERED.fullmatch(self.student)
        without = numbered[1] if numbered else ""
        return _filled(self.identity.full_name, self.student, without)


@dataclass(frozen=True)
class Match:
    """Whom the names fit: one student, several, or none. by: what fits; "" if none."""

    students: tuple[Student, ...] = ()
    by: str = ""

    @property
    def student(self) -> Student | None:
        """None unless it is the only one."""
        return self.students[0] if len(self.students) == 1 else None


@dataclass(frozen=True)
class Level:
    """One way to recognise a student: any key of theirs is equal to any of the names'."""

    by: str
    of_student: Callable[[Student], Iterable[str]]
    of_names: Callable[[Names], Iterable[str]]


def _filled(*names: str) -> list[str]:
    return [name for name in names if name]


def _emails(student: Student) -> list[str]:
    every = _filled(student.id, student.email, *student.other_ids)
    return [name for name in every if "@" in name]


def _full_names(student: Student) -> list[str]:
    """An id with a space in it is a name too: the roster has no other for them."""
    return _filled(student.name, *(one for one in (student.id, *student.other_ids) if " " in one))


def _before_at(emails: Iterable[str]) -> list[str]:
    return _filled(*(email.partition("@")[0] for email in emails))


def plain(names: Iterable[str]) -> list[str]:
    """Without case, width of letters, and spaces that don't count."""
    folded = (" ".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in names)
    return _filled(*(unicodedata.normalize("NFKC", name) for name in folded))


def words(name: str) -> list[str]:
    """The words of a name, without signs and marks of the direction of writing."""
    (line,) = plain([name]) or [""]
    letters = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in line)
    return "".join(letters).split()


def _in_any_order(names: Iterable[str]) -> list[str]:
    return _filled(*(" ".join(sorted(words(name))) for name in names))


def _without_accents(word: str) -> str:
    # Marks of a lower class are no accents: other scripts write vowels with them.
    letters = unicodedata.normalize("NFKD", word)
    return "".join(c for c in letters if unicodedata.combining(c) < 200).translate(LETTERS)


def spellings(of: Sequence[str]) -> set[str]:
    """The words as one without accents, and as German and Danish write it without their letters."""
    whole = "".join(of)
    return {_without_accents(whole), _without_accents(whole.translate(UMLAUTS))}


def _squeezed(names: Iterable[str]) -> set[str]:
    """The names as Canvas writes them, with the last name first or last, wherever that begins."""
    return {
        spelling
        for mine in map(words, names)
        for start in range(len(mine))
        for spelling in spellings(mine[start:] + mine[:start])
    }


def _after_group(names: Names) -> list[str]:
    """What may be the name in `Group A-Ada Lovelace`, as Moodle writes it for groups."""
    whole = names.identity.full_name if names.identity.number else ""
    cuts = [cut.end() for cut in re.finditer("-", whole)]
    return [whole[cut:] for cut in cuts if len(words(whole[cut:])) > 1]


def _beside(ids: Iterable[str], names: Iterable[str]) -> list[str]:
    """Each id together with each name, as one text."""
    names = [*names]
    return [f"{id} {name}" for id in ids for name in names if id != name]


def _without_zeros(names: Iterable[str]) -> list[str]:
    return [name.lstrip("0") or "0" for name in names if name.isascii() and name.isdigit()]


def _in_any_form(names: Iterable[str]) -> set[str]:
    names = [*names]
    return {*plain(names), *_in_any_order(names), *_squeezed(names)}


# The most certain first.
LEVELS = (
    Level("id", lambda s: [s.id], lambda n: n.logins),
    Level("id in other case", lambda s: plain([s.id]), lambda n: plain(n.logins)),
    Level("e-mail address", lambda s: plain(_emails(s)), lambda n: plain(n.emails)),
    Level(
        "login or the part of the e-mail address before the @",
        lambda s: plain([s.id, *s.other_ids, *_before_at(_emails(s))]),
        lambda n: plain([*n.logins, *_before_at(n.emails)]),
    ),
    Level(
        "number in the learning system",
        lambda s: _filled(s.number),
        lambda n: _filled(n.identity.number, n.student),
    ),
    Level(
        "full name", lambda s: _in_any_order(_full_names(s)), lambda n: _in_any_order(n.full_names)
    ),
    Level("full name", lambda s: _squeezed(_full_names(s)), lambda n: _squeezed(n.full_names)),
    Level(
        "id and full name",
        lambda s: _in_any_order(_beside([s.id, *s.other_ids], _full_names(s))),
        lambda n: _in_any_order([n.student]),
    ),
    Level(
        "full name after the group's",
        lambda s: _in_any_order(_full_names(s)),
        lambda n: _in_any_order(_after_group(n)),
    ),
    Level(
        "id without zeros before it",
        lambda s: _without_zeros([s.id, *s.other_ids]),
        lambda n: _without_zeros(n.logins),
    ),
    Level(
        "what an earlier roster called them",
        lambda s: _in_any_form(s.former),
        lambda n: _in_any_form([*n.logins, *n.emails, n.identity.number, *n.full_names]),
    ),
)


class Matcher:
    """Finds students of a roster by what submissions' sources call them."""

    def __init__(self, roster: Sequence[Student]):
        self.roster = roster
        self._places: list[defaultdict[str, set[int]]] = []  # in the roster, for each level
        for level in LEVELS:
            places: defaultdict[str, set[int]] = defaultdict(set)
            for place, student in enumerate(roster):
                for key in level.of_student(student):
                    places[key].add(place)
            self._places.append(places)

    def match(self, names: Names) -> Match:
        """Whom the most certain level fits. If that fits several, the next ones decide among those,
        as far as they can.
        """
        fit: set[int] = set()
        by = ""
        for level, places in zip(LEVELS, self._places, strict=True):
            here = {place for key in level.of_names(names) for place in places.get(key, ())}
            here = here & fit if fit else here
            if here:
                fit, by = here, level.by
            if len(fit) == 1:
                break
        return Match(tuple(self.roster[place] for place in sorted(fit)), by)
