"""This grader, by its real command in its real sandbox, with its cache empty or warm."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from . import Command
from .the_class import ROOT, SEED, TheClass

PROGRAM = [sys.executable, "-m", "grader", "grade"]
FILL = """
import sys
from pathlib import Path
from grader.course.catalogue import load_course
from grader.oracle.compile_ahead import compile_ahead
entries = load_course(Path(sys.argv[1])).entries
compile_ahead([*entries.values()], [int(sys.argv[2])])
"""


class ThisGrader:
    """cache: the folder that stands for the user's cache; it is emptied each time unless warm."""

    timed_by_itself = False

    def __init__(self, the_class: TheClass, where: Path, cache: Path, warm: bool, jobs: int):
        self.name = f"grader-{'warm' if warm else 'cold'}-{jobs}"
        self._class, self._cache, self._warm, self._jobs = the_class, cache, warm, jobs
        self._results = where / self.name

    def prepare(self) -> None:
        pass

    def commands(self) -> Sequence[Command]:
        shutil.rmtree(self._results, ignore_errors=True)
        if not self._warm:
            shutil.rmtree(self._cache, ignore_errors=True)
            self._cache.mkdir()
        return [
            grading(self._class.folder, self._class.course, self._results, self._cache, self._jobs)
        ]

    def verify(self) -> None:
        all_accepted(self._results, len(self._class.students))


def filling(course: Path, cache: Path) -> Command:
    """Compiles what a run compiles before its workers start."""
    arguments = [sys.executable, "-c", FILL, str(course), str(SEED)]
    return Command(arguments, ROOT, {"XDG_CACHE_HOME": str(cache)})


def grading(folder: Path, course: Path, results: Path, cache: Path, jobs: int) -> Command:
    arguments = [*PROGRAM, str(folder), "--course", str(course), "-o", str(results)]
    options = ["--seed", str(SEED), "--jobs", str(jobs)]
    return Command([*arguments, *options], ROOT, {"XDG_CACHE_HOME": str(cache)})


def all_accepted(results: Path, students: int) -> None:
    reports = json.loads((results / "report.json").read_text())["reports"]
    assert len(reports) == 2 * students, f"{len(reports)} reports"
    for report in reports:
        assert report["verdict"] == "accepted", (report["submission"], report["message"])
        assert len(report["cases"]) == 30, report["submission"]
