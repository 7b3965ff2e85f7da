"""Finds submissions: who handed in what, as the paths and the forms they come in have it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ..course.catalogue import Entry
from .choose import choose
from .folders import Place
from .forms import places
from .names import read_pattern
from .submission import NotUnderstood, Submission, original


def find_submissions(
    paths: Sequence[Path],
    entries: Iterable[Entry],
    pattern: str | None = None,
) -> tuple[list[Submission], list[NotUnderstood]]:
    """All submissions under the paths for the given problems, by student; and what is none.

    A path is a file; or a student's folder, with files in it; or a folder of students' folders; or
    a folder of files from Canvas; or a nbgrader course or its `submitted`; or an export from
    Gradescope. Where several are given and one of them is a student's folder, all are. Nothing is
    dropped: each file or folder with no submission in it is in the second list, and so is what was
    not looked at.

    pattern: how the paths of files say whose they are, in place of all that is known of forms.
        Raises UsageError.
    """
    wanted = list(entries)
    ids = {entry.id for entry in wanted}
    template = None if pattern is None else read_pattern(pattern, ids)
    # Each file once for each problem, whichever of the paths lead to it.
    once: dict[tuple[str, str], tuple[Place, Submission]] = {}
    unknown: list[NotUnderstood] = []
    for place in places(list(dict.fromkeys(paths)), ids, template):
        if isinstance(place, NotUnderstood):
            unknown.append(place)
            continue
        mine, rest = choose(place, wanted)
        unknown += rest
        once |= {(os.path.abspath(s.path), s.problem_id): (place, s) for s in mine}
    return (
        _told_apart([*once.values()]),
        [NotUnderstood(original(item.path), item.why) for item in unknown],
    )


def _told_apart(found: Sequence[tuple[Place, Submission]]) -> list[Submission]:
    """One submission for each of a group, and no two for one problem by one name."""
    named = [
        (place, replace(submission, student=student))
        for place, submission in found
        for student in place.students
    ]
    for in_full in (_by_place, _by_file):
        counts = Counter((submission.student, submission.problem_id) for _, submission in named)
        shared = {student for (student, _), count in counts.items() if count > 1}
        named = [
            (place, replace(one, student=in_full(place, one)) if one.student in shared else one)
            for place, one in named
        ]
    return [submission for _, submission in named]


def _by_place(place: Place, submission: Submission) -> str:
    """The student's name by the folder it is from."""
    if place.flat:
        return str(original(place.files[0].path))
    folder = str(original(place.path.parent if place.one_file else place.path))
    return folder if len(place.students) == 1 else f"{folder}/{submission.student}"


def _by_file(place: Place, submission: Submission) -> str:
    """By the file, where several were named that lie in one folder: each may be a student's."""
    return submission.where if len(place.students) == 1 else submission.student
