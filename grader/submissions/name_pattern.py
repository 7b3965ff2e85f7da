"""Reads whose a file is from its path, by a pattern that the instructor gives."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..common.errors import UsageError
from ..common.text import quote
from .owner import Owner, group_by_owner
from .student_files import CodeFile, Folders, StudentFiles, is_folder, no_code
from .submission import NotUnderstood


@dataclass(frozen=True)
class Pattern:
    """How the path of a file says whose it is. folders: how many the pattern has above the file."""

    regex: re.Pattern[str]
    folders: int

    def match(self, path: Path) -> tuple[str, CodeFile] | None:
        """The student and the file; None if the end of its path doesn't fit."""
        match = self.regex.fullmatch("/".join(path.absolute().parts[-1 - self.folders :]))
        if match is None:
            return None
        named = match.groupdict()
        # In a pattern without {problem}, the last * may stand for a problem's name.
        stem = named.get("problem") or Path(named.get("rest", path.name)).stem
        return match["student"], CodeFile(path, stem)


def read_pattern(text: str, ids: Iterable[str]) -> Pattern:
    """Reads a pattern such as `{student}_*.py` or `{student}/*.py`.

    It describes the path of a file from the named folder on: `{student}` and `*` stand for
    anything but a /, `{problem}` for one of the ids. Each `*` takes as little as it can. Raises
    UsageError.
    """

    def refuse(why: str) -> UsageError:
        return UsageError(f"The pattern {quote(text)} {why}. An example: {{student}}_*.py")

    tokens = re.split(r"(\{[^{}]*\}|\*)", text.removeprefix("./"))
    for token in tokens[1::2]:
        if token not in ("{student}", "{problem}", "*"):
            raise refuse(
                f"has {quote(token)} in it, which stands for nothing: write {{student}}, "
                "{problem}, or * for anything"
            )
    if tokens.count("{student}") != 1:
        raise refuse("must have {student} in it once, for the student's name")
    if tokens.count("{problem}") > 1:
        raise refuse("has {problem} in it more than once")
    problem = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True))
    last = max((place for place, token in enumerate(tokens) if token == "*"), default=0)
    regex, wild, fixed = "", "", ""
    for place, token in enumerate(tokens):
        if place % 2 == 0:
            fixed += re.escape(token)
        elif token == "{problem}":
            fixed += f"(?P<problem>{problem})"
        else:
            if wild and not fixed:
                raise refuse("doesn't say where one of two neighbours ends and the other begins")
            # An atomic group never backtracks, so no file name makes the search slow.
            regex += f"(?>{wild}{fixed})"
            wild = r"(?P<student>[^/]+?)" if token == "{student}" else r"[^/]*?"
            wild, fixed = (f"(?P<rest>{wild})" if place == last else wild), ""
    return Pattern(re.compile(regex + wild + fixed, re.DOTALL), "".join(tokens).count("/"))


def files_by_pattern(
    paths: Iterable[Path], pattern: Pattern, folders: Folders
) -> Iterator[StudentFiles | NotUnderstood]:
    """The files of each student, and what doesn't fit the pattern."""
    owned: dict[Path, Owner] = {}
    for path in paths:
        for item in _read(path, pattern, pattern.folders, folders):
            if isinstance(item, NotUnderstood):
                yield item
            else:
                student, file = item
                owned[file.path] = Owner(student, file=file.stem + file.path.suffix)
    yield from group_by_owner(owned.items(), folders, pattern.folders)


def _read(
    path: Path, pattern: Pattern, depth: int, folders: Folders
) -> Iterator[tuple[str, CodeFile] | NotUnderstood]:
    """Reads a file, or all files `depth` folders below a folder."""
    if not is_folder(path):
        misfit = NotUnderstood(path, "its path doesn't fit the pattern")
        yield no_code(path) or pattern.match(path) or misfit
        return
    listing = folders.list(path)
    if listing.error:
        yield NotUnderstood(path, listing.error)
    elif not (listing.files or listing.folders):
        yield NotUnderstood(path, "an empty folder", work=False)
    yield from listing.left_out
    for file in listing.files:
        if depth:
            yield NotUnderstood(file, "a file, but the pattern has a folder here")
        else:
            yield from _read(file, pattern, depth, folders)
    for folder in listing.folders:
        if depth:
            yield from _read(folder, pattern, depth - 1, folders)
        else:
            yield NotUnderstood(folder, "a folder, but the pattern has a file here")
