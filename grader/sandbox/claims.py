"""Binds what a worker says of a submission to what the grader knows of it.

A worker belongs to the student. So it may name only what its problem forbids, and point only at
lines that are in the submission's files, as they are there.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TypeVar

from ..course.problem import Rules
from ..submissions import Code
from ..submissions.file_text import FileText, compared, read_text
from ..worker.frames import FrameError, Raised, Use

WHILE_LOADED = frozenset(("large", "syntax", "import", "missing", "signature"))
IN_A_CASE = frozenset(("import", "call", "result"))
NUMBERED = re.compile(r"(?:, )?\b(?:cell|line) ([0-9]{1,7})\b")
FULL_NAME = re.compile(r"[^\W\d]\w{0,79}(?:\.[^\W\d]\w{0,79}){0,15}")
IN_A_CELL = "the cell in "  # one that was given to `run_cell` as a string
Placed = TypeVar("Placed", Raised, Use)


@dataclass(frozen=True)
class Claims:
    """What may be said of one submission."""

    code: Code
    rules: Rules

    def uses(self, uses: Iterable[Use]) -> tuple[Use, ...]:
        """What was used, in the grader's own words. Raises FrameError if a name is not in the
        rules, or a line not in the submission.
        """
        return tuple(replace(self._placed(use), name=self._listed(use.name)) for use in uses)

    def raised(self, raised: Raised, stages: frozenset[str]) -> Raised:
        """The exception, without a place that is not in the submission. Raises FrameError if
        nothing can fail at its stage now.

        What the code builds while it runs has no lines of the submission either.
        """
        if raised.stage not in stages:
            raise FrameError(f"a failure that is none of {', '.join(sorted(stages))}")
        try:
            return self._placed(raised)
        except FrameError:
            where = raised.where if raised.stage == "result" else ""  # there it is a type
            return replace(raised, where=where, line="", cell=0, number=0)

    @cached_property
    def _own(self) -> FileText:
        """The file with the entry point, which may be a notebook in spite of its name."""
        data = self.code.file
        named_otherwise = data.lstrip().startswith(b"{") and b'"nbformat"' in data
        return read_text(data, self.code.notebook or named_otherwise)

    @cached_property
    def _files(self) -> list[str]:
        """The text of every file."""
        modules = self.code.modules.items()
        texts = [self._own, *(read_text(data, name.endswith(".ipynb")) for name, data in modules)]
        return ["\n".join(text.cells.values()) for text in texts]

    def _listed(self, name: str) -> str:
        """What the rules list, by this name. What only a wildcard stands for must be a word of the
        submission's; otherwise it is the pattern. Raises FrameError.
        """
        if name in self.rules.primitives:
            return name
        for pattern in self.rules.calls if FULL_NAME.fullmatch(name) else ():
            if fnmatchcase(name, pattern):
                spelled = pattern.replace("*", "").split(".")
                free = [part for part in name.split(".") if part not in spelled]
                words = (re.compile(rf"\b{part}\b") for part in free)
                return name if all(any(map(w.search, self._files)) for w in words) else pattern
        raise FrameError("a violation that no rule lists")

    def _placed(self, claim: Placed) -> Placed:
        """The claim with its place in our own words. Raises FrameError."""
        if claim.number:
            line = self._own.line_of(claim)
            if line is None:
                raise FrameError("a line that is not in the submission")
            where = f"cell {claim.cell}, " if claim.cell else ""
            return replace(
                claim, where=f"{where}line {claim.number}", line=line if claim.line else ""
            )
        built = claim.where.startswith(IN_A_CELL)  # perhaps from a text that the code made
        if not self._may_be_there(claim.where) or not (built or self._is_there(claim.line)):
            raise FrameError("a place that is not in the submission")
        exact = any(claim.line in text for text in self._files)
        return replace(claim, line=claim.line if exact else "", cell=0)

    def _may_be_there(self, where: str) -> bool:
        """Whether it is such as "helper.py, cell 2, line 3", or "the cell in line 3, line 1"."""
        most = max(text.count("\n") + 1 for text in self._files)
        file = NUMBERED.sub("", where.replace(IN_A_CELL, ""))
        known = (NUMBERED.sub("", name) for name in self.code.modules)
        # A cell may write a file, by a name that is in it.
        written = file.lower().endswith((".py", ".ipynb")) and any(file in t for t in self._files)
        numbers = map(int, NUMBERED.findall(where))
        there = file in ("", "a text", *known) or written
        return there and all(number <= most for number in numbers)

    def _is_there(self, line: str) -> bool:
        wanted = compared(line)
        return not wanted or any(wanted in compared(text) for text in self._files)
