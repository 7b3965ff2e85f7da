"""The files of a problem: which are missing, unfinished or out of place."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..common.verdict import Verdict

STATEMENT = ("README.md", "stub.py", "problem.py", "hints.md")
FOLDERS = tuple(v.value for v in Verdict if v is not Verdict.JUDGE_ERROR)
TO_DO = "TODO"  # in the skeletons, where the author has to write
SHORTEST_SENTENCE, LONGEST_SENTENCE = 15, 500  # characters


@dataclass(frozen=True)
class Files:
    """The paths of everything that belongs to one problem of a course."""

    root: Path
    id: str

    @property
    def problem(self) -> Path:
        return self.root / "problems" / self.id

    @property
    def solutions(self) -> Path:
        return self.root / "solutions" / self.id

    @property
    def independent(self) -> Path:
        """The second, independent solution that the reference is compared with."""
        return self.root / "tests" / "independent_solutions" / f"{self.id}.py"

    @property
    def owed(self) -> list[Path]:
        """The files that every problem needs."""
        named = [self.problem / name for name in STATEMENT]
        return [*named, self.solutions / "reference.py", self.independent]

    @property
    def banks(self) -> list[Path]:
        """The files that must get the verdict that their folder is named after."""
        return [path for folder in FOLDERS for path in bank(self.solutions / folder)]


def bank(folder: Path) -> list[Path]:
    """The readable Python files of a bank, without editors' lock files and dangling links."""
    paths = sorted(folder.glob("*.py"))
    return [path for path in paths if path.is_file() and os.access(path, os.R_OK)]


def complaints(files: Files) -> Iterator[str]:
    """What is missing, unfinished or out of place, in the order in which to fix it."""

    def name(path: Path) -> str:
        return str(path.relative_to(files.root))

    for path in files.owed:
        if not path.is_file():
            yield f"{name(path)} is missing."
    for owed in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER):
        if not bank(files.solutions / owed):
            yield f"{name(files.solutions / owed)}/ has no .py file: at least one is needed."
    expected = [*files.owed, files.solutions / "warm_up.py", *files.banks]
    for path in filter(Path.is_file, expected):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        if number := next((i for i, line in enumerate(lines, 1) if TO_DO in line), None):
            yield f"{name(path)} is not finished: {TO_DO} in line {number}."
    for path in files.banks:
        if complaint := _sentence(path):
            yield f"{name(path)} {complaint}"
    wanted = {*expected, *(files.solutions / folder for folder in FOLDERS)}
    for folder in (files.problem, files.solutions):
        for path in sorted({*folder.rglob("*")} - wanted):
            parts = path.relative_to(folder).parts
            if not any(part.startswith(".") or part == "__pycache__" for part in parts):
                yield f"{name(path)} is out of place: nothing reads it. Move or remove it."


def _sentence(path: Path) -> str:
    """What is wrong with the first paragraph of a file's docstring, which students may be shown."""
    try:
        docstring = ast.get_docstring(ast.parse(path.read_bytes()))
    except (SyntaxError, ValueError):
        return ""  # a mistake may be no valid Python
    sentence = (docstring or "").split("\n\n")[0].rstrip()
    if not SHORTEST_SENTENCE <= len(sentence) <= LONGEST_SENTENCE:
        return "needs a docstring that says in a sentence what it does."
    return "" if sentence.endswith((".", "!", "?", ")")) else "has a docstring without a full stop."
