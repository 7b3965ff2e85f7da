"""Reads from a file's name which attempt it is: `patch_v2`, `patch (1)`, `2026-03-03_patch`."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain

GAP = r"[ _.-]+"  # between a name and a mark
COUNTED = r"v|ver|version|attempt|try|submission|rev|final|new|copy|kopie|copie|copia"
NOT_COUNTED = r"final|new|latest|fixed|old|backup|draft|attempt|at"
COPY = r"(?P<copy>copy|kopie|copie|copia)"  # the first one often has no number
DATE = (
    r"(?P<year>20\d\d)[-_.]?(?P<month>\d\d)[-_.]?(?P<day>\d\d)"
    r"(?:[-_ T.]+(?P<hour>\d\d)[-_.:h]?(?P<minute>\d\d)(?:[-_.:]?(?P<second>\d\d))?)?"
)
PARTS = ("year", "month", "day", "hour", "minute", "second")
AT_THE_END = [
    rf"{GAP}{DATE}",
    r" ?\((?P<number>\d{1,4})\)",
    rf"{GAP}(?:{COUNTED})[ _.-]*\(?(?P<number>\d{{1,4}})\)?",
    rf"{GAP}(?P<number>\d{{1,3}})",
    rf"{GAP}{COPY}",
    rf"{GAP}(?:{NOT_COUNTED})",
]
AT_THE_START = [
    rf"{DATE}(?:{GAP}|$)",
    rf"(?:{COUNTED})[ _.-]*(?P<number>\d{{1,4}})(?:{GAP}|$)",
    rf"{COPY} (?:of|von|de) ",
    rf"(?:{NOT_COUNTED})(?:{GAP}|$)",
]
MARKS = [
    *(re.compile(rf"(?P<rest>.+?){mark}", re.IGNORECASE | re.DOTALL) for mark in AT_THE_END),
    *(re.compile(rf"{mark}(?P<rest>.*)", re.IGNORECASE | re.DOTALL) for mark in AT_THE_START),
]
LONGEST = 255  # characters of a name that is read


@dataclass(frozen=True)
class Attempt:
    """What a name says. name: without the marks. date: its digits, if it has one. numbers: of the
    other marks, in their order.
    """

    name: str
    date: str = ""
    numbers: tuple[int, ...] = ()

    def is_newer(self, other: "Attempt") -> bool | None:
        """None if the names don't tell."""
        if self.name != other.name or bool(self.date) != bool(other.date):
            return None
        mine, theirs = (self.date, self.numbers), (other.date, other.numbers)
        return None if mine == theirs else mine > theirs


def read_attempt(stem: str, whole: Collection[str] = ()) -> Attempt:
    """What one name says, without its suffix. whole: names in which nothing is a mark."""
    rest, date, numbers = stem[:LONGEST], "", list[int]()
    while rest not in whole:
        match = next(filter(None, (mark.fullmatch(rest) for mark in MARKS)), None)
        if match is None:
            break
        found, rest = match.groupdict(), match["rest"]
        if found.get("number") or found.get("copy"):
            numbers.insert(0, int(found.get("number") or 1))
        elif found.get("year"):
            date = max(date, "".join(found[part] or "00" for part in PARTS))
    return Attempt(rest, date, tuple(numbers))


def read_attempts(names: Iterable[str], whole: Collection[str] = ()) -> Attempt:
    """What the names of a path's folders and its file say together."""
    each = [read_attempt(name, whole) for name in names]
    return Attempt(
        name="/".join(filter(None, (attempt.name for attempt in each))),
        date=max((attempt.date for attempt in each), default=""),
        numbers=tuple(chain.from_iterable(attempt.numbers for attempt in each)),
    )
