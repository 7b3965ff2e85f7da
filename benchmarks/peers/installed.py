"""nbgrader and otter-grader, each in an environment of its own, with assignments as they want them.

Either way a student hands in one notebook with both functions, so that one kernel serves both.
Right answers are stored beside the tests; nothing is computed twice, and no PDF is made.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from . import Command
from .the_class import BESIDE, TheClass

LIBRARIES = [f"{name}=={version(name)}" for name in ("jax", "flax", "numpy")]
ENTRY_POINTS = {"vit_patch_embed": "patch_embed_forward", "patch_embed_cls": "patch_embed_cls"}
SHAPES = 6
BESIDE_TESTS = ("checks.py", "cases.npz")
STUB = "### BEGIN SOLUTION\n{source}\n### END SOLUTION"
HIDDEN = """### BEGIN HIDDEN TESTS
import checks
checks.check({function}, {problem!r}, {shape})
### END HIDDEN TESTS"""


def install(environment: Path, *requirements: str) -> Path:
    """The folder of programs of an environment with these packages; it is kept."""
    programs = environment / "bin"
    wanted, kept = "\n".join([*requirements, *LIBRARIES]), environment / "requirements.txt"
    if not kept.exists() or kept.read_text() != wanted:
        print(f"Installing {requirements[0]} …", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        pip = [str(programs / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
        subprocess.run([*pip, "--quiet", *requirements, *LIBRARIES], check=True)
        kept.write_text(wanted)
    return programs


class Nbgrader:
    """`nbgrader autograde` of an assignment with a hidden test cell for each shape."""

    name, timed_by_itself = "nbgrader", False

    def __init__(self, the_class: TheClass, where: Path, environments: Path):
        self._class, self._course = the_class, where / "nbgrader"
        self._environment = environments / "nbgrader"

    def prepare(self) -> None:
        programs = install(self._environment, "nbgrader==0.9.6", "ipykernel")
        self._program = str(programs / "nbgrader")
        source = self._course / "source" / "work"
        source.mkdir(parents=True)
        (self._course / "nbgrader_config.py").write_text("c = get_config()\n")
        for name in BESIDE_TESTS:
            shutil.copyfile(self._class.beside / name, source / name)
        cells = []
        for problem, function in ENTRY_POINTS.items():
            cells.append(_cell(problem, STUB.format(source=f"{function} = None"), solution=True))
            for shape in range(SHAPES):
                test = HIDDEN.format(function=function, problem=problem, shape=shape)
                cells.append(_cell(f"{problem}_{shape}", test, grade=True, points=1, locked=True))
        _write(source / "work.ipynb", cells)
        self._call("generate_assignment", "work")
        for student in self._class.students:
            self._hand_in(student)

    def _hand_in(self, student: Path) -> None:
        """The notebook that was handed out, with the student's files in the place of the stubs."""
        folder = self._course / "submitted" / student.name / "work"
        folder.mkdir(parents=True)
        released = self._course / "release" / "work" / "work.ipynb"
        cells = json.loads(released.read_text())["cells"]
        for cell in cells:
            marks = cell["metadata"]["nbgrader"]
            if marks["solution"]:
                cell["source"] = (student / f"{marks['grade_id']}.py").read_text()
        _write(folder / "work.ipynb", cells)

    def commands(self) -> Sequence[Command]:
        shutil.rmtree(self._course / "autograded", ignore_errors=True)
        arguments = [self._program, "autograde", "work", "--force"]
        return [Command(arguments, self._course, self._paths())]

    def verify(self) -> None:
        self._call("export", "--to", "grades.csv")
        with (self._course / "grades.csv").open() as file:
            rows = [*csv.DictReader(file)]
        assert len(rows) == len(self._class.students)
        assert all(float(row["score"]) == 2 * SHAPES for row in rows), rows

    def _call(self, *arguments: str) -> None:
        environment = {**os.environ, **self._paths()}
        subprocess.run(
            [self._program, *arguments],
            cwd=self._course,
            env=environment,
            check=True,
            capture_output=True,
        )

    def _paths(self) -> dict[str, str]:
        return jupyter_paths(self._course, self._environment)


class Otter:
    """`otter run` of each student's notebook, with an autograder made by `otter generate`."""

    name, timed_by_itself = "otter", False

    def __init__(self, the_class: TheClass, where: Path, environments: Path):
        self._class, self._folder = the_class, where / "otter"
        self._environment = environments / "otter"

    def prepare(self) -> None:
        programs = install(self._environment, "otter-grader[grading]==7.0.0", "ipykernel")
        self._program = str(programs / "otter")
        (self._folder / "tests").mkdir(parents=True)
        for name in BESIDE_TESTS:
            shutil.copyfile(self._class.beside / name, self._folder / name)
        text = (BESIDE / "otter_test.py.txt").read_text()
        for problem, function in ENTRY_POINTS.items():
            test = text.format(problem=problem, entry_point=function, shapes=SHAPES)
            for shape in range(SHAPES):
                test += (
                    f"\n@test_case(points=1)\ndef test_{shape}(env):\n    _check(env, {shape})\n"
                )
            (self._folder / "tests" / f"{problem}.py").write_text(test)
        subprocess.run(
            [self._program, "generate", "-t", "tests", "-o", "autograder.zip", *BESIDE_TESTS],
            cwd=self._folder,
            env={**os.environ, **self._paths()},
            check=True,
            capture_output=True,
        )
        for student in self._class.students:
            cells = [_code((student / f"{problem}.py").read_text()) for problem in ENTRY_POINTS]
            _write(self._folder / f"{student.name}.ipynb", cells)

    def commands(self) -> Sequence[Command]:
        commands = []
        for student, results in self._results():
            shutil.rmtree(results, ignore_errors=True)
            results.mkdir(parents=True)
            arguments = [self._program, "run", "-a", "autograder.zip", "-o", str(results)]
            arguments += ["--no-logo", f"{student.name}.ipynb"]
            commands.append(Command(arguments, self._folder, self._paths()))
        return commands

    def verify(self) -> None:
        for student, results in self._results():
            tests = json.loads((results / "results.json").read_text())["tests"]
            points = sum(test.get("score", 0) for test in tests)
            assert points == 2 * SHAPES, (student.name, tests)

    def _results(self) -> Iterator[tuple[Path, Path]]:
        for student in self._class.students:
            yield student, self._folder / "results" / student.name

    def _paths(self) -> dict[str, str]:
        return jupyter_paths(self._folder, self._environment)


def jupyter_paths(folder: Path, environment: Path) -> dict[str, str]:
    """Keeps Jupyter's and IPython's settings out of the user's, and finds the right kernel."""
    return {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(folder / "jupyter" / "runtime"),
        "PATH": f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }


def _write(path: Path, cells: list[Any]) -> None:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}}
    path.write_text(json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 5}))


def _code(source: str, **metadata: Any) -> dict[str, Any]:
    cell = {"cell_type": "code", "source": source, "metadata": metadata}
    return {**cell, "outputs": [], "execution_count": None}


def _cell(name: str, source: str, **fields: Any) -> Any:
    marks = {"grade": False, "solution": False, "locked": False, "task": False, **fields}
    marks |= {"grade_id": name, "schema_version": 3}
    return _code(source, nbgrader=marks)
