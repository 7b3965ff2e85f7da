"""Chooses among a student's files: which one is graded for which problem, and why not the others.

A file belongs to a problem by its name (`<problem id>.py`, `<problem id>.ipynb`), else where its
text defines the entry point; what has another problem's name, only where there is nothing else. The
text is only searched; reading it as Python is the worker's task.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Sequence
from pathlib import Path

from ..common.text import quote
from ..course.catalogue import Entry
from .folders import File, Place, is_code
from .submission import NotUnderstood, Submission, Unreadable, read_file

log = logging.getLogger(__name__)

MOST_NOTES = 3  # on files that were passed over
MOST_SEARCHED = 32 * 2**20  # bytes of one student's other files searched for a definition


def choose(place: Place, entries: Sequence[Entry]) -> tuple[list[Submission], list[NotUnderstood]]:
    """At most one submission for each problem, all for the place's first student; and the rest."""
    files = place.files
    ids = {entry.id for entry in entries}
    # Those that go by their names come last: how much is searched is limited.
    by_definition = sorted(files, key=lambda file: file.stem in ids)
    defined = _definitions(place, by_definition, entries)
    found, rest, told = [], [], set()
    for entry in entries:
        named = [file for file in files if file.stem == entry.id]
        defining = [file for file in files if entry.id in defined.get(file, ())]
        candidates = named + [file for file in defining if file.stem not in ids]
        if not candidates:  # the whole homework, by the name of one problem
            candidates = defining
        # A single file graded for a single problem is that problem's, whatever it holds.
        if not candidates and place.one_file and len(entries) == 1:
            candidates = files
        if not candidates:
            continue
        # A file with the problem's name counts, then the last handed in, then the first by name.
        chosen, *others = sorted(candidates, key=lambda file: _rank(file, entry.id))
        told |= {file.path for file in candidates}
        notes = [_passed_over(other, chosen, entry.id) for other in others[:MOST_NOTES]]
        rest += [NotUnderstood(o.path, n) for o, n in zip(others, notes, strict=False)]
        if len(others) > MOST_NOTES:
            notes.append(f"So are {len(others) - MOST_NOTES:,} other files, not graded either.")
            rest.append(NotUnderstood(place.path, notes[-1]))
        if chosen.stem in ids - {entry.id}:
            point = entry.problem.entry_point
            notes.append(f"{quote(chosen.path.name)} defines `{point}`, so it counts here too.")
        found.append(Submission(place.students[0], chosen.path, entry.id, tuple(notes)))
    if place.flat:
        for file in files:
            if file.path not in told:
                alone = Place(place.students, file.path, [file])
                rest.append(NotUnderstood(file.path, _why_nothing(alone, entries)))
    elif not found:
        rest.append(NotUnderstood(place.path, _why_nothing(place, entries)))
    return found, rest + [NotUnderstood(place.path, remark) for remark in place.remarks]


def _rank(file: File, problem_id: str) -> tuple[bool, tuple[int, ...], int, str]:
    """The lowest wins."""
    turn = tuple(-number for number in file.turn)
    return file.stem != problem_id, turn, -_modified(file.path), file.path.name


def _definitions(
    place: Place, files: Sequence[File], entries: Sequence[Entry]
) -> dict[File, set[str]]:
    """For each file the ids of the problems whose entry point its text seems to define."""
    defined, searched = {}, 0
    for file in files:
        try:
            data = read_file(file.path)
        except (Unreadable, OSError) as error:
            log.debug("%s is not searched for a definition: %s", file.path, error)
            continue
        searched += len(data)
        if searched > MOST_SEARCHED:
            place.remarks.append(
                f"only the first {MOST_SEARCHED // 2**20} MiB of its files were searched for a "
                "definition"
            )
            break
        defined[file] = {entry.id for entry in entries if _defines(data, entry)}
    return defined


def _defines(data: bytes, entry: Entry) -> bool:
    """Whether a text seems to define the entry point: `def f`, `class f`, `as f`, `f =`, `f: T =`.

    Every repetition is bounded, so that no text makes the search slow.
    """
    name = re.escape(entry.problem.entry_point.encode())
    gap = rb"[ \t]{0,20}"
    assigned = rb"\b%b%b(?::[^=\n]{0,200})?=" % (name, gap)
    return re.search(rb"\b(?:def|class|as)[ \t]%b%b\b|%b" % (gap, name, assigned), data) is not None


def _passed_over(other: File, chosen: File, problem_id: str) -> str:
    if chosen.stem == problem_id != other.stem:
        why = "has the problem's name"
    elif _rank(other, problem_id)[1:3] == _rank(chosen, problem_id)[1:3]:
        why = "comes first by name"
    else:
        why = "is newer"
    shown, graded = (quote("/".join(file.path.parts[-2:])) for file in (other, chosen))
    return f"{shown} is for this problem too and was not graded: {graded} {why}."


def _modified(path: Path) -> int:
    try:
        return int(path.lstat().st_mtime)
    except OSError:  # it is gone, which reading it will say
        return 0


def _why_nothing(place: Place, entries: Sequence[Entry]) -> str:
    path, files = place.path, place.files
    if os.path.islink(path) and not files:
        return "a symbolic link, which is not followed"
    for file in files:
        try:
            read_file(file.path)
        except Unreadable as error:
            return str(error)
        except OSError as error:
            return f"it could not be read ({error.strerror})"
    if os.path.lexists(path) and not os.path.isdir(path) and not is_code(path):
        return "neither a .py nor a .ipynb file"
    names = " or ".join(f"{entry.id}.py, {entry.id}.ipynb" for entry in entries)
    points = ", ".join(f"`{entry.problem.entry_point}`" for entry in entries)
    if not files:
        return f"no .py or .ipynb file here (expected {names})"
    return f"no file called {names}, and none that defines {points}"
