"""Reads the file names of a Blackboard download, which nbgrader's `zip_collect` takes too."""

import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from .owner import Owner
from .submission import Identity, Unreadable, read_file
from .times import time_of, told_by

# `HW1_adal_attempt_2026-03-01-10-00-00_file.py`; each attempt also has a text, without `_file`.
NAME = re.compile(
    r"(?P<whose>.+?)_attempt_(?P<when>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?P<file>.+)|\.txt)?", re.DOTALL
)
FIRST_LINE = re.compile(r"Name: (?P<name>[^\n]{1,200}?) \((?P<login>[^()\n]{1,100})\)\s*(?:\n|$)")


def read_name(name: str) -> Owner | None:
    """Assignment and login, and the time of the attempt; None if Blackboard made no such name."""
    match = NAME.fullmatch(name)
    if match is None:
        return None
    when = tuple(map(int, match["when"].split("-")))
    handed_in = told_by("Blackboard", time_of(when), when)
    return Owner(match["whose"], file=match["file"] or "", handed_in=handed_in)


def is_text(name: str) -> bool:
    """Whether it is the text that Blackboard puts beside the files of an attempt."""
    return name.endswith(".txt") and NAME.fullmatch(name.removesuffix(".txt")) is not None


def is_text_of(name: str, attempts: Collection[tuple[str, tuple[int, ...]]]) -> bool:
    """Whether it is the text of one of the attempts: students, each with a time."""
    if not is_text(name) or not (owner := read_name(name)):
        return False
    return any(
        when == owner.handed_in.order and f"_{owner.student}".endswith(f"_{student}")
        for student, when in attempts
    )


def without_assignment(owners: Mapping[Path, Owner], files: Iterable[Path]) -> dict[Path, Owner]:
    """Takes the assignment off, which all names of a download begin with: `HW_1_adal` to `adal`.

    Both assignments and logins may have a _ in them. The texts among the files say the login;
    without them only all names together tell.
    """
    whose = {owner.student for owner in owners.values()}
    common = os.path.commonprefix([name.split("_")[:-1] for name in whose])
    start = len("_".join(common)) + 1 if common else 0
    people = {name: Identity(login=name[start:]) for name in whose}
    for path in filter(lambda path: is_text(path.name), files):
        owner = read_name(path.name)
        said = _person(path)
        if owner and said and owner.student.endswith(f"_{said.login}"):
            people[owner.student] = said
    return {
        path: replace(owner, student=people[owner.student].login, identity=people[owner.student])
        for path, owner in owners.items()
    }


def _person(path: Path) -> Identity | None:
    """Whom the first line of a text names, which Blackboard itself writes."""
    try:
        text = read_file(path).decode("utf-8-sig", "replace")
    except (Unreadable, OSError):
        return None
    match = FIRST_LINE.match(text)
    return Identity(login=match["login"], full_name=match["name"]) if match else None
