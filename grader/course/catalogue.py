"""The problems of a course: a folder for each in `problems/`, and one in `solutions/`."""

import ast
import hashlib
import importlib.util
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Self

from ..common.errors import CourseError
from ..common.files import package_root
from .problem import Problem


@dataclass(frozen=True)
class Entry:
    """A problem and its folders."""

    id: str
    problem: Problem
    folder: Path
    solutions: Path
    version: str  # changes whenever the cases or the reference may: see `_code_of`

    @property
    def reference(self) -> Path:
        """The hidden solution."""
        return self.solutions / "reference.py"

    @property
    def warm_up(self) -> Path:
        """Code that runs the statement's steps, to compile them in advance; it may be missing."""
        return self.solutions / "warm_up.py"

    def limited(self, **changes: Any) -> Self:
        """The problem with other limits, named as in `Limits`."""
        limits = replace(self.problem.limits, **changes)
        return replace(self, problem=replace(self.problem, limits=limits))


@dataclass(frozen=True)
class Course:
    """A folder with `problems/` and, on the instructor's side, `solutions/`."""

    root: Path
    entries: dict[str, Entry]
    broken: dict[str, CourseError]  # problems that don't load, and why

    def get(self, problem_id: str) -> Entry:
        """The problem of that name. Raises CourseError if it is broken or there is none."""
        if problem_id in self.broken:
            raise self.broken[problem_id]
        if problem_id not in self.entries:
            ids = ", ".join(sorted([*self.entries, *self.broken])) or "none"
            raise CourseError(f"There is no problem `{problem_id}`. Problems here: {ids}.")
        return self.entries[problem_id]


def find_course(named: Path | None, below: Path) -> Course:
    """The course in the named folder, else around this package, else in `below` or above it.

    Loading a course runs its code. So a folder near the submissions counts only if no course came
    with the package. Raises CourseError if there is none.
    """
    here = below.resolve()
    installed = package_root().parent
    for folder in [named] if named else (installed, here, *here.parents):
        if (folder / "problems").is_dir():
            return load_course(folder.resolve())
    raise CourseError(
        f"No course found: {named or below} has no `problems` folder. Name the course's folder: "
        "--course FOLDER."
    )


def load_course(root: Path) -> Course:
    """Loads every `problems/*/problem.py`. Raises CourseError if there is none."""
    entries, broken = {}, {}  # a broken problem stops no other
    for path in sorted((root / "problems").glob("*/problem.py")):
        try:
            entries[path.parent.name] = _load_entry(root, path)
        except CourseError as error:
            broken[path.parent.name] = error
    if not entries and not broken:
        raise CourseError(f"{root / 'problems'} holds no problem: no `*/problem.py` in it.")
    return Course(root, entries, broken)


def _load_entry(root: Path, path: Path) -> Entry:
    problem = getattr(load_module(path), "PROBLEM", None)
    if not isinstance(problem, Problem):
        raise CourseError(f"{path} does not define `PROBLEM = Problem(...)`.")
    solutions = root / "solutions" / path.parent.name
    deciding = [file for file in (path, solutions / "reference.py") if file.is_file()]
    version = hashlib.sha256("\n".join(map(_code_of, deciding)).encode()).hexdigest()[:16]
    return Entry(path.parent.name, problem, path.parent, solutions, version)


def _code_of(path: Path) -> str:
    """What the file runs, without the points of groups: they change no case. Comments and layout
    are no part of it either.
    """
    try:
        return ast.dump(_WithoutPoints().visit(ast.parse(path.read_bytes())))
    except (SyntaxError, ValueError):  # who runs the file says what is wrong with it
        return repr(path.read_bytes())


class _WithoutPoints(ast.NodeTransformer):
    """Takes the points out of each `Group(purpose, points)`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
        if called == "Group" or (isinstance(called, ast.Name) and called.id == "Group"):
            if not any(isinstance(argument, ast.Starred) for argument in node.args):
                del node.args[1:2]
            node.keywords = [keyword for keyword in node.keywords if keyword.arg != "points"]
        return self.generic_visit(node)


def load_module(path: Path) -> ModuleType:
    """Runs one of the course's own Python files. Raises CourseError with the cause."""
    name = f"_course_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseError(f"{path} is missing.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(f"{path} does not load: {type(error).__name__}: {error}") from error
    return module
