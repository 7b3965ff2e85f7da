"""Notices a class that was taken for one student, and finds the pattern that reads its names."""

import os
import re
from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from ..common.errors import UsageError
from ..common.text import quote
from ..course.catalogue import Entry
from .entry_point import Trace, code_text, find_entry_point
from .name_pattern import read_pattern
from .student_files import MOST_TO_TELL_APART, StudentFiles, within
from .submission import Unreadable, original, read_file

# So many different files of other names, for one problem and in one folder, are a class; fewer if
# their names have the same beginning or end, as a system or a rule makes them, or if the folder is
# the one that was named, as a class is.
SURELY, PERHAPS = 4, 3
# What tells one student's tries apart: words, dates, and numbers that are no student's.
TRY = re.compile(
    r"copy|copie|kopie|final|old|new|bak|backup|draft|test|try|version|attempt|fixed|working|wip|"
    r"solution|answer|template|stub|orig|20\d{6}|(?<!\d)\d{1,3}(?!\d)|[\W_]|\bv(?=\d)",
    re.IGNORECASE,
)
SIGNS = re.compile(r"[\W_]")


def explain_crowd(
    everyone: Sequence[StudentFiles], entries: Collection[Entry], named: Sequence[Path]
) -> str:
    """What to tell the instructor if many students were taken for one; "" if nothing looks so.

    named: the paths that a pattern starts from.
    """
    crowds = {files.path: crowd for files in everyone if (crowd := _crowd(files, entries, named))}
    of_class = any(
        files.path in other.path.parents
        for files in everyone
        for other in everyone
        if files.path in crowds
    )
    with_work = sum(bool(files.files) for files in everyone)
    if not crowds or (2 * len(crowds) <= with_work and not of_class):
        return ""
    (problem_id, paths), *_ = crowds.values()
    names = sorted(path.name for path in paths)
    shown = ", ".join(quote(name) for name in names[:3])
    others = [path for _, found in crowds.values() for path in found]
    pattern = _pattern(others, [entry.id for entry in entries], named)
    return (
        f"{original(paths[0].parent)} looks like a class whose form is not known: {len(names):,} "
        f"different files in one folder are for {problem_id}, such as {shown}. If each is another "
        f"student's, say how the names are made: --pattern '{pattern}'. If all are one student's, "
        "name the file that counts."
    )


def _crowd(
    files: StudentFiles, entries: Collection[Entry], named: Sequence[Path]
) -> tuple[str, list[Path]] | None:
    """A problem, and files of one folder for it that are surely several students'."""
    folders: dict[Path, list[Path]] = {}
    for file in files.files:
        folders.setdefault(file.path.parent, []).append(file.path)
    for folder, paths in folders.items():
        if len(paths) < PERHAPS:
            continue
        different: dict[str, dict[bytes, Path]] = {}
        for path in within(sorted(paths), MOST_TO_TELL_APART):
            try:
                data = read_file(path)
            except (Unreadable, OSError):
                continue
            text = code_text(path, data)
            for entry in entries:
                defines = find_entry_point(text, entry) is Trace.DEFINES
                if path.stem != entry.id and defines:
                    different.setdefault(entry.id, {}).setdefault(sha256(data).digest(), path)
        for problem_id, by_content in different.items():
            found = [*by_content.values()]
            stems = {TRY.sub("", path.stem.replace(problem_id, "")).casefold() for path in found}
            if len(stems - {""}) >= (PERHAPS if folder in named or _has_rule(found) else SURELY):
                return problem_id, found
    return None


def _has_rule(paths: Sequence[Path]) -> bool:
    """Whether the names have more in common than the suffix, and differ by no word for a try."""
    prefix, suffix = _common([path.stem for path in paths])
    middles = [path.stem[len(prefix) : len(path.stem) - len(suffix)] for path in paths]
    plain = all(TRY.sub("", middle) == SIGNS.sub("", middle) for middle in middles)
    return bool(prefix or suffix) and plain


def _common(names: Sequence[str]) -> tuple[str, str]:
    """The beginning and the end that all names have, up to and from a sign that is no letter."""
    prefix = os.path.commonprefix(names)
    suffix = os.path.commonprefix([name[::-1] for name in names])[::-1]
    prefix = prefix[: max((m.end() for m in re.finditer(r"[\W_]", prefix)), default=0)]
    start = re.search(r"[\W_]", suffix)
    return prefix, suffix[start.start() :] if start else ""


def _pattern(paths: Sequence[Path], ids: Collection[str], named: Sequence[Path]) -> str:
    """A pattern that reads all of the paths, each as another student's if possible."""
    bases = (base for path in paths for base in named if base in path.parents)
    base = next(bases, paths[0].parent)
    inside = [path.relative_to(base).parts for path in paths if base in path.parents]
    depth = {len(parts) for parts in inside}
    folders = ""
    if len(depth) == 1:
        for parts in [*zip(*inside, strict=True)][:-1]:
            folders += (parts[0] if len(set(parts)) == 1 else "*") + "/"
    names = [path.name for path in paths]
    best, most = "{student}.*", 0
    for candidate in _candidates(names, ids):
        try:
            pattern = read_pattern(folders + candidate, ids)
        except UsageError:
            continue
        found = [pattern.match(path) for path in paths]
        students = {match[0] for match in found if match}
        if all(found) and len(students) > most:
            best, most = candidate, len(students)
    return folders + best


def _candidates(names: Sequence[str], ids: Collection[str]) -> Iterable[str]:
    """Patterns that may read the names, the most telling first."""
    ends = {os.path.splitext(name)[1] for name in names}
    end = ends.pop() if len(ends) == 1 else ".*"
    stems = [os.path.splitext(name)[0] for name in names]
    in_all = sorted((i for i in ids if any(i in stem for stem in stems)), key=len, reverse=True)
    with_problem = stems
    for problem_id in in_all:
        with_problem = [stem.replace(problem_id, "{problem}", 1) for stem in with_problem]
    if in_all and all("{problem}" in stem for stem in with_problem):
        before = [stem.partition("{problem}")[0] for stem in with_problem]
        after = [stem.partition("{problem}")[2] for stem in with_problem]
        if len(set(after)) == 1:
            prefix, suffix = _common(before)
            yield f"{prefix}{{student}}{suffix}{{problem}}{after[0]}{end}"
        if len(set(before)) == 1:
            prefix, suffix = _common(after)
            yield f"{before[0]}{{problem}}{prefix}{{student}}{suffix}{end}"
    prefix, suffix = _common(stems)
    yield f"{prefix}{{student}}{suffix}{end}"
    yield f"{{student}}{end}"
