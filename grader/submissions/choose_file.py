"""Chooses among a student's files the ones to grade for each problem, and explains the others.

A file is for a problem if it has the problem's name, or its text has the entry point. One that is
still the template never counts beside one that isn't. Of the rest the newest counts: by what the
learning system says, then by the attempts in the names, then by the files' times.
"""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..common.text import quote
from ..course.catalogue import Entry
from .attempts import Attempt, read_attempts
from .entry_point import Trace, code_text, find_entry_point
from .own_modules import modules_of
from .student_files import LEAST_COUNTED, MOST_LEFT_OUT, CodeFile, StudentFiles, no_code
from .submission import NotUnderstood, Submission, Unreadable, code_suffix, read_file
from .times import with_own_time

log = logging.getLogger(__name__)

MOST_GRADED = 4  # files of one student for one problem
MOST_NAMED = 5  # files that were passed over
MOST_SEARCHED = 128 * 2**20  # bytes of one student's files that are searched for a definition
MOST_COMPARED = 100  # files
MOMENT = 60  # seconds: a download or a copy gives its files times this close

# Files of a lower standing count before those of a higher one.
STANDINGS = {Trace.DEFINES: 0, Trace.IMPORTS: 2, Trace.NOTHING: 3, Trace.TEMPLATE: 4}
NAMED_FOR_ANOTHER = 1  # and it defines this one too


@dataclass(frozen=True)
class Candidate:
    """A student's file for a problem. named: whether it has the problem's name."""

    file: CodeFile
    standing: int
    attempt: Attempt
    named: bool

    @cached_property
    def modified(self) -> float:
        """In seconds."""
        try:
            return self.file.path.lstat().st_mtime
        except OSError:  # it is gone; reading it reports that
            return 0.0

    @property
    def is_template(self) -> bool:
        return self.standing == STANDINGS[Trace.TEMPLATE]

    def is_newer(self, other: "Candidate") -> bool | None:
        """None if it is unknown or equal."""
        mine, theirs = self.file.handed_in.order, other.file.handed_in.order
        if mine and theirs and mine != theirs:
            return mine > theirs
        by_name = self.attempt.is_newer(other.attempt)
        apart = self.modified - other.modified
        by_time = apart > 0 if abs(apart) > MOMENT else None
        if by_name is not None:
            return None if by_time is not None and by_time is not by_name else by_name
        return by_time if self.named is other.named else None


def choose_files(
    student: StudentFiles, entries: Collection[Entry], only: str | None = None
) -> tuple[list[Submission], list[NotUnderstood]]:
    """At most one submission for each problem, all for the first of the students; and the rest.

    only: the id of the one problem that is graded, for which a single file is, if for none else.
    """
    traces = _search(student, entries)
    submissions, rest, explained = [], [], set()
    for entry in entries:
        candidates = list(_candidates(student, entry, entries, traces, only))
        if not candidates:
            continue
        explained |= {candidate.file.path for candidate in candidates}
        newest, older = _newest_first(candidates)
        notes = list(_notes(newest, older, entry))
        rest += [NotUnderstood(c.file.path, notes[-1]) for c in older[:MOST_NAMED]]
        first, *others = (
            Submission(
                student.students[0],
                candidate.file.path,
                entry.id,
                modules=modules_of(candidate.file, student.files),
                newest=candidate in newest,
                handed_in=with_own_time(candidate.file.handed_in, candidate.modified),
            )
            for candidate in [*newest, *(c for c in older if not c.is_template)][:MOST_GRADED]
        )
        submissions.append(replace(first, notes=tuple(notes), others=tuple(others)))
    if student.shared:
        modules = {path for submission in submissions for _, path in submission.modules}
        for file in (file for file in student.files if file.path not in explained):
            module = file.path in modules
            why = "a module beside what is graded" if module else _why_none([file], entries)
            rest.append(NotUnderstood(file.path, why, work=not module))
    elif not explained:
        why = _why_none(student.files, entries, student.shown_others)
        rest.append(NotUnderstood(student.path, why))
    rest += student.left_out[:MOST_LEFT_OUT]
    return submissions, rest + [NotUnderstood(student.path, why) for why in student.all_remarks]


def _search(student: StudentFiles, entries: Collection[Entry]) -> dict[CodeFile, list[Trace]]:
    """What the text of each file has of the entry point of each problem."""
    ids = {entry.id for entry in entries}
    traces: dict[CodeFile, list[Trace]] = {}
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
                f"its files are many or large: only the first {len(traces):,} were searched for a "
                "definition"
            )
            break
        text = code_text(file.path, data)
        traces[file] = [find_entry_point(text, entry) for entry in entries]
    return traces


def _candidates(
    student: StudentFiles,
    entry: Entry,
    entries: Collection[Entry],
    traces: Mapping[CodeFile, Sequence[Trace]],
    only: str | None,
) -> Iterator[Candidate]:
    """The files that are for the problem. A file with another problem's name is so only if it
    defines this entry point too; and a single file that is graded for a single problem, always.
    """
    ids = [other.id for other in entries]
    named = student.one_file and (only or ids[0]) == entry.id and (only or len(ids) == 1)
    for file in student.files:
        folders = file.path.parts[len(student.path.parts) : -1] if not student.shared else ()
        attempt = read_attempts((*folders, file.stem), ids)
        name = attempt.name.rpartition("/")[2]
        trace = traces[file][ids.index(entry.id)] if file in traces else Trace.NOTHING
        standing = STANDINGS[trace]
        if name in ids and name != entry.id:
            if trace is not Trace.DEFINES:
                continue
            standing = NAMED_FOR_ANOTHER
        elif trace is Trace.NOTHING and name != entry.id:
            of_another = any(trace is not Trace.NOTHING for trace in traces.get(file, ()))
            if not named or of_another:
                continue
        yield Candidate(file, standing, attempt, name == entry.id)


def _newest_first(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Those of the lowest standing that may be the newest; and the others."""
    # Comparing each with each takes too long for thousands.
    compared = sorted(candidates, key=lambda c: (c.standing, -c.modified))[:MOST_COMPARED]
    best = [c for c in compared if c.standing == compared[0].standing]
    newer = {c: sum(other.is_newer(c) is True for other in compared) for c in compared}
    newest = [c for c in best if not any(other.is_newer(c) for other in best)] or best
    if newest[0].is_template:
        newest = newest[:1]  # one is as good as the other
    rest = set(candidates) - set(newest)

    def order(c: Candidate) -> tuple[int, int, bool, int, str]:
        path = c.file.path.parts
        return c.standing, newer.get(c, len(newer)), not c.named, len(path), "/".join(path)

    newest.sort(key=order)
    return newest[:MOST_GRADED], newest[MOST_GRADED:] + sorted(rest, key=order)


def _notes(newest: Sequence[Candidate], older: Sequence[Candidate], entry: Entry) -> Iterator[str]:
    """What was chosen, and what was passed over."""
    first = newest[0]
    if first.standing == NAMED_FOR_ANOTHER:
        point = entry.problem.entry_point
        yield f"{_shown(first)} defines `{point}`, so it counts here too."
    for c in newest:
        if (suffix := code_suffix(c.file.path)) != c.file.path.suffix.lower():
            yield f"{_shown(c)} is read as a {suffix} file."
    if len(newest) > 1:
        each = ", ".join(map(_shown, newest))
        yield f"Each of these may be the newest, so each is graded and the best counts: {each}."
    if older:
        each = ", ".join(f"{_shown(c)} ({_why_older(c, newest)})" for c in older[:MOST_NAMED])
        more = f" and {len(older) - MOST_NAMED:,} more" if len(older) > MOST_NAMED else ""
        yield f"For this problem too, and passed over: {each}{more}."


def _why_older(candidate: Candidate, newest: Sequence[Candidate]) -> str:
    if candidate.is_template:
        return "still the template"
    if candidate.standing == NAMED_FOR_ANOTHER > newest[0].standing:
        return "with another problem's name"
    if candidate.standing > newest[0].standing:
        return "without a definition of the function"
    if any(other.is_newer(candidate) for other in newest):
        return "older"
    return f"more than {MOST_GRADED} files"


def _shown(candidate: Candidate) -> str:
    return quote("/".join(candidate.file.path.parts[-2:]))


def _why_none(files: Sequence[CodeFile], entries: Collection[Entry], others: str = "") -> str:
    """Why none of these files is a submission. others: the names of what isn't code."""
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
        only = f", only {others}" if others else ""
        return f"no .py or .ipynb file here{only} (expected {names})"
    return f"no file called {names}, and none that defines {points}"
