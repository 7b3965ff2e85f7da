"""Where whose files lie: a folder per student, or as Canvas, nbgrader and Gradescope give them.

Which of these it is, is told from the names in the folder that was named. Below a student's own
folder nothing is: whatever a student calls a file there, it stays theirs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from . import gradescope_export
from .folders import File, Look, Place, code, is_code, is_folder, look_into, plain, walk
from .names import Pattern, from_canvas
from .submission import NotUnderstood

# What nbgrader keeps in the folder of a course, beside what students hand in.
NBGRADER = {"source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}
SUBMITTED = "submitted"

Whose = Callable[[Path], tuple[str, File] | None]


def places(
    paths: Sequence[Path], ids: AbstractSet[str], pattern: Pattern | None
) -> Iterator[Place | NotUnderstood]:
    """Each student's files, and what is nobody's.

    ids: the problems' names. pattern: instead of what is known of the forms.
    """
    looks = {path: look_into(path) for path in paths if is_folder(path)}
    files = [path for path in paths if path not in looks]
    if pattern:
        for item in (item for folder in looks for item in _at_depth(folder, pattern.folders)):
            if isinstance(item, NotUnderstood):
                yield item
            else:
                files.append(item)
        yield from _shared(files, pattern.match, pattern.folders)
        return
    canvas = set(_canvas(files))
    yield from _shared(sorted(canvas), from_canvas)
    of_students = len(paths) > 1 and any(map(_is_students, looks.values()))
    for path in paths:
        if path in canvas:
            continue
        if path not in looks:
            yield Place((path.absolute().parent.name,), path, [plain(path)])
        elif of_students:
            yield walk(path, ids)
        else:
            yield from _in_folder(path, looks[path], ids)


def _is_students(look: Look) -> bool:
    """Whether a folder is one student's, for the code in it that isn't from Canvas."""
    return bool(code(look.files)) and not _canvas(look.files)


def _canvas(files: Iterable[Path]) -> list[Path]:
    """The code with names like Canvas's, where most of it has them: one such name is chance."""
    written = code(files)
    named = [path for path in written if from_canvas(path)]
    return named if 2 * len(named) > len(written) else []


def _in_folder(folder: Path, look: Look, ids: AbstractSet[str]) -> Iterator[Place | NotUnderstood]:
    """The folder itself where it holds files, then each folder in it; or as a form has it."""
    inside = {path.name: path for path in (*look.folders, *look.files)}
    submitted = inside.pop(SUBMITTED, folder)
    if submitted in look.folders and (not inside or NBGRADER & set(inside)):
        yield from _in_folder(submitted, look_into(submitted), ids)
        for name, path in inside.items():
            if name not in NBGRADER:
                yield NotUnderstood(path, f"beside `{SUBMITTED}`, where nbgrader keeps the work")
        return
    canvas = set(_canvas(look.files))
    yield from _shared(sorted(canvas), from_canvas)
    own = folder.absolute().name
    loose = [path for path in code(look.files) if path not in canvas]
    if loose or look.error or not (look.folders or canvas):
        yield Place((own,), folder, [*map(plain, loose)], [look.error] if look.error else [])
    exported = [path for path in look.folders if path.name.startswith(gradescope_export.FOLDER)]
    who: dict[str, tuple[str, ...]] = {}
    for other in look.files:
        if other.name == gradescope_export.NAME and exported:
            try:
                who = gradescope_export.read_submitters(other)
            except gradescope_export.NotGradescope as error:
                why = f"{error}, so students go by the names of their folders"
                yield NotUnderstood(other, why)
        elif os.path.islink(other) and os.path.isdir(other):
            yield Place((other.name,), other, [])
        elif not is_code(other):
            yield Place((own,), other, [])
    for student in look.folders:
        place = walk(student, ids, who.get(student.name, ()))
        if who and student in exported and student.name not in who:
            place.remarks.append(f"{gradescope_export.NAME} doesn't say whose it is")
        yield place


def _shared(files: Iterable[Path], whose: Whose, depth: int = 0) -> Iterator[Place | NotUnderstood]:
    """For each student the files that are theirs by name; depth: how far down they lie."""
    by_student: dict[tuple[Path, str], list[File]] = {}
    for path in dict.fromkeys(files):
        found = whose(path)
        if not is_code(path):
            yield Place((path.absolute().parent.name,), path, [])
        elif found is None:
            yield NotUnderstood(path, "its path doesn't fit the pattern")
        else:
            student, file = found
            folder = path.absolute().parents[depth]
            by_student.setdefault((folder, student), []).append(file)
    for (folder, student), theirs in by_student.items():
        yield Place((student,), folder, theirs, flat=True)


def _at_depth(folder: Path, depth: int) -> Iterator[Path | NotUnderstood]:
    """The files that many folders down, and on the way whatever no pattern of that depth fits."""
    look = look_into(folder)
    if look.error:
        yield NotUnderstood(folder, look.error)
    elif not (look.files or look.folders):
        yield NotUnderstood(folder, "an empty folder")
    if depth:
        for file in look.files:
            yield NotUnderstood(file, "a file, where the pattern has a folder")
        for inner in look.folders:
            yield from _at_depth(inner, depth - 1)
    else:
        yield from look.files
        for inner in look.folders:
            yield NotUnderstood(inner, "a folder, where the pattern has a file")
