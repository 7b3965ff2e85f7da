"""Tells whose a file is from its name: the names that Canvas makes, and patterns that are given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..common.errors import UsageError
from ..common.text import quote
from .folders import File

# `lovelaceada_12345_67890_file.py`: name, Canvas's number for the student, and for the upload.
# Where marking is anonymous: `anon_x7Yz3_67890_file.py`. LATE stands before the student's number.
CANVAS = re.compile(
    r"(?:(?:LATE_)?anon_(?P<anon>[0-9A-Za-z]{1,25})|(?P<name>.+?)_(?:LATE_)?(?P<user>[0-9]{1,25}))"
    r"_(?P<upload>[0-9]{1,25})_(?P<file>.+)",
    re.DOTALL,
)
# Canvas puts a number behind the name of a file that is handed in again, and after some of these
# random letters.
AGAIN = re.compile(
    r"(?P<stem>.+?)-(?:(?P<turn>[0-9]{1,4})|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.DOTALL
)
AFTER_ALL_NUMBERS = 10_000


def from_canvas(path: Path) -> tuple[str, File] | None:
    """Whose it is and the file, where its name has Canvas's form; else None.

    Whose is told by name and number: no two students are one, whatever they are called.
    """
    match = CANVAS.fullmatch(path.name)
    if match is None:
        return None
    student = f"anon_{match['anon']}" if match["anon"] else f"{match['name']}_{match['user']}"
    stem, turn = Path(match["file"]).stem, 0
    if again := AGAIN.fullmatch(stem):
        stem, turn = again["stem"], int(again["turn"] or AFTER_ALL_NUMBERS)
    return student, File(path, stem, (turn, int(match["upload"])))


@dataclass(frozen=True)
class Pattern:
    """How the paths of files say whose they are, such as `{student}_*.py`, or `{student}/*.py`."""

    text: str
    regex: re.Pattern[str]

    @property
    def folders(self) -> int:
        """How many folders lie between the one that is named and the files."""
        return self.text.count("/")

    def match(self, path: Path) -> tuple[str, File] | None:
        """Whose it is and the file, where the end of its path fits; else None."""
        match = self.regex.fullmatch("/".join(path.absolute().parts[-1 - self.folders :]))
        if match is None:
            return None
        named = match.groupdict()
        # Without {problem} in it, what the last * stands for may be a problem's name all the same.
        stem = named.get("problem") or Path(named.get("rest", path.name)).stem
        return match["student"], File(path, stem)


def read_pattern(text: str, ids: Iterable[str]) -> Pattern:
    """The pattern that a text describes.

    It says what the path of a file looks like, from the folder that is graded on: `{student}` and
    `*` stand for anything but a /, `{problem}` for one of the ids. Each `*` takes as little as it
    can. Raises UsageError.
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
        raise refuse("must have {student} in it once, where the student's name is")
    if tokens.count("{problem}") > 1:
        raise refuse("has {problem} in it more than once")
    problem = "|".join(re.escape(name) for name in sorted(ids, key=len, reverse=True))
    last = max(place for place, token in enumerate(tokens) if token == "*") if "*" in tokens else 0
    regex, wild, fixed = "", "", ""
    for place, token in enumerate(tokens):
        if place % 2 == 0:
            fixed += re.escape(token)
        elif token == "{problem}":
            fixed += f"(?P<problem>{problem})"
        else:
            if wild and not fixed:
                raise refuse("doesn't say where one of two neighbours ends and the other begins")
            # Without a way back, so that no name of a file makes the search slow.
            regex += f"(?>{wild}{fixed})"
            wild = r"(?P<student>[^/]+?)" if token == "{student}" else r"[^/]*?"
            wild, fixed = (f"(?P<rest>{wild})" if place == last else wild), ""
    return Pattern(text.removeprefix("./"), re.compile(regex + wild + fixed, re.DOTALL))
