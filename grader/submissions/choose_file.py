"""Chooses among a student's files the one to grade for each problem, and explains the others.

A file belongs to a problem by its name (`<problem id>.py`, `<problem id>.ipynb`), or else if its
text defines the entry point. A file with another problem's name counts only if there is no other.
The text is only searched; reading it as Python is the worker's task.
"""

import logging
import re
from collections.abc import Collection, Sequence

from ..common.text import quote
from ..course.catalogue import Entry
from .student_files import CodeFile, StudentFiles, no_code
from .submission import NotUnderstood, Submission, Unreadable, read_file

log = logging.getLogger(__name__)

MOST_NOTES = 3  # on files that were not chosen
MOST_SEARCHED = 32 * 2**20  # bytes of one student's files that are searched for a definition
LEAST_COUNTED = 2**14  # bytes that a smaller file counts as, which bounds their number too


def choose_files(
    student: StudentFiles, entries: Collection[Entry]
) -> tuple[list[Submission], list[NotUnderstood]]:
    """At most one submission for each problem, all for the first of the students; and the rest."""
    defined = _definitions(student, entries)
    ids = {entry.id for entry in entries}
    submissions, rest, explained = [], [], set()
    for entry in entries:
        candidates = [file for file in student.files if file.stem == entry.id]
        defining = [file for file in student.files if entry.id in defined.get(file, ())]
        candidates += [file for file in defining if file.stem not in ids]
        # Else the whole homework may be in a file with the name of one problem. And a single file
        # that is graded for a single problem is that problem's, whatever it holds.
        only = student.files if student.one_file and len(entries) == 1 else []
        candidates = candidates or defining or only
        if not candidates:
            continue
        chosen, *others = sorted(candidates, key=lambda file: _rank(file, entry.id))
        explained |= {file.path for file in candidates}
        notes = [_why_not_chosen(other, chosen, entry.id) for other in others[:MOST_NOTES]]
        rest += [NotUnderstood(o.path, n) for o, n in zip(others, notes, strict=False)]
        if len(others) > MOST_NOTES:
            more = f"{len(others) - MOST_NOTES:,} other files for this problem were not graded."
            notes.append(more)
            rest.append(NotUnderstood(student.path, more))
        if chosen.stem in ids - {entry.id}:
            point = entry.problem.entry_point
            notes.append(f"{quote(chosen.path.name)} defines `{point}`, so it counts here too.")
        submissions.append(Submission(student.students[0], chosen.path, entry.id, tuple(notes)))
    if student.shared:
        unused = [file for file in student.files if file.path not in explained]
        rest += [NotUnderstood(file.path, _why_none([file], entries)) for file in unused]
    elif not submissions:
        rest.append(NotUnderstood(student.path, _why_none(student.files, entries)))
    return submissions, rest + [NotUnderstood(student.path, why) for why in student.remarks]


def _rank(file: CodeFile, problem_id: str) -> tuple[bool, tuple[int, ...], int, str]:
    """The lowest is chosen: first by the problem's name, then the last handed in, then by name."""
    try:
        modified = int(file.path.lstat().st_mtime)
    except OSError:  # it is gone; reading it reports that
        modified = 0
    attempt = tuple(-number for number in file.attempt)
    return file.stem != problem_id, attempt, -modified, file.path.name


def _definitions(student: StudentFiles, entries: Collection[Entry]) -> dict[CodeFile, set[str]]:
    """For each file the ids of the problems whose entry point its text seems to define."""
    ids = {entry.id for entry in entries}
    defined: dict[CodeFile, set[str]] = {}
    searched = 0
    # Files with a problem's name come last, because only so much is searched.
    for file in sorted(student.files, key=lambda file: file.stem in ids):
        try:
            data = read_file(file.path)
        except (Unreadable, OSError) as error:
            log.debug("%s is not searched for a definition: %s", file.path, error)
            continue
        searched += max(len(data), LEAST_COUNTED)
        if searched > MOST_SEARCHED:
            student.remarks.append(
                f"its files are many or large: only the first {len(defined):,} were searched for a "
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


def _why_not_chosen(other: CodeFile, chosen: CodeFile, problem_id: str) -> str:
    if chosen.stem == problem_id != other.stem:
        why = "has the problem's name"
    elif _rank(other, problem_id)[1:3] == _rank(chosen, problem_id)[1:3]:
        why = "comes first by name"
    else:
        why = "is newer"
    shown, graded = (quote("/".join(file.path.parts[-2:])) for file in (other, chosen))
    return f"{shown} is for this problem too and was not graded: {graded} {why}."


def _why_none(files: Sequence[CodeFile], entries: Collection[Entry]) -> str:
    """Why none of these files is a submission."""
    for file in files:
        try:
            read_file(file.path)
        except Unreadable as error:
            return str(error)
        except OSError as error:
            return f"it could not be read ({error.strerror})"
        if other := no_code(file.path):  # one that was named
            return other.why
    names = " or ".join(f"{entry.id}.py, {entry.id}.ipynb" for entry in entries)
    points = ", ".join(f"`{entry.problem.entry_point}`" for entry in entries)
    if not files:
        return f"no .py or .ipynb file here (expected {names})"
    return f"no file called {names}, and none that defines {points}"
