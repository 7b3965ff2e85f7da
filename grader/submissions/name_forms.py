"""The names that learning systems give to what is handed in: whose it is, and in which order."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import blackboard, canvas
from .owner import Owner
from .submission import Identity
from .times import read_time, time_of, told_by

# `Ada Lovelace_10231_assignsubmission_file_`: a folder, or the beginning of a file's name. If
# marking is blind, `Participant` stands for the name.
MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>[0-9]{1,25})_assign(?:submission|feedback)_[a-z]{1,30}"
    r"(?:_(?P<file>.*))?",
    re.DOTALL,
)
# `12345-678901 - Ada Lovelace - Mar 3, 2026 905 PM`: a folder, or the beginning of a file's name.
# The first number is the student's, the second the assignment's.
MONTH = r"[^\W\d_]{3,15}\.?"
BRIGHTSPACE = re.compile(
    r"(?:(?P<number>[0-9]{1,25})-[0-9]{1,25} ?- )?(?P<name>.+?) ?- "
    rf"(?:(?P<month>{MONTH}) (?P<day>[0-9]{{1,2}})|(?P<day2>[0-9]{{1,2}})\.? (?P<month2>{MONTH}))"
    r",? (?P<year>[0-9]{4}),? (?P<hour>[0-9]{1,2}?)[ ._:-]?(?P<minute>[0-9]{2})"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: ?- (?P<file>.+))?",
    re.DOTALL,
)
# A text that can't be guessed may stand behind the time.
EXCHANGE = re.compile(
    r"(?P<student>[^+]+)\+[^+]+\+(?P<when>[0-9]{4}(?:-[0-9]{2}){2} [0-9]{2}(?::[0-9]{2}){2})"
    r"(?:\.[0-9]+)?(?P<zone> [A-Za-z/_]{1,40})(?:\+.*)?",
    re.DOTALL,
)
# The first letters of the months in English, German, French and Spanish.
MONTHS = [
    *("jan ene", "feb fév fev", "mar mär", "apr avr abr", "may mai", "jun juin"),
    *("jul juil", "aug aoû ago", "sep", "oct okt", "nov", "dec dez déc dic"),
]


@dataclass(frozen=True)
class NameForm:
    """A form of names.

    system: who gives them. read: whose a file or folder of this name is, None if the system did not
    give it. settle: corrects what needs a look at all names together, and at the files beside them.
    """

    system: str
    read: Callable[[str], Owner | None]
    settle: Callable[[Mapping[Path, Owner], Iterable[Path]], dict[Path, Owner]] = (
        lambda owners, files: dict(owners)
    )


def read_moodle(name: str) -> Owner | None:
    """The student is name and number, so that two students of one name stay two."""
    match = MOODLE.fullmatch(name)
    if match is None:
        return None
    identity = Identity(number=match["number"], full_name=match["name"])
    return Owner(f"{match['name']}_{match['number']}", identity, match["file"] or "")


def read_brightspace(name: str) -> Owner | None:
    """The student is their name, with the system's number for them if it is there."""
    match = BRIGHTSPACE.fullmatch(name)
    if match is None:
        return None
    found = match.groupdict()
    month = (found["month"] or found["month2"]).casefold()
    number = 1 + next(
        (n for n, starts in enumerate(MONTHS) if month.startswith(tuple(starts.split()))), -1
    )
    if month.startswith("juil"):  # July, though it begins as June does
        number = 7
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"] in "Pp")
    day = int(found["day"] or found["day2"])
    student = found["name"] + (f"_{found['number']}" if found["number"] else "")
    when = (int(found["year"]), number, day, hour, int(found["minute"]))
    handed_in = told_by("Brightspace", time_of(when), when)
    return Owner(student, Identity(full_name=found["name"]), found["file"] or "", handed_in)


def read_exchange(name: str) -> Owner | None:
    """A folder of nbgrader's exchange: student, assignment and time."""
    match = EXCHANGE.fullmatch(name)
    if match is None:
        return None
    when = tuple(map(int, re.findall(r"\d+", match["when"])))
    handed_in = told_by("nbgrader", read_time(match["when"] + match["zone"]), when)
    return Owner(match["student"], Identity(login=match["student"]), "", handed_in)


# The form whose names say least comes last.
NAME_FORMS = [
    NameForm("Moodle", read_moodle),
    NameForm("nbgrader's exchange", read_exchange),
    NameForm("Blackboard", blackboard.read_name, blackboard.without_assignment),
    NameForm("Brightspace", read_brightspace),
    NameForm("Canvas", canvas.read_name),
]
