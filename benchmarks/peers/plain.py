"""Plain processes: pytest and Python once for each student, and the floor under all of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from . import Command
from .the_class import TheClass


class Pytest:
    """One process for each student, without plugins; it fails where a test does."""

    name, timed_by_itself = "pytest", False

    def __init__(self, the_class: TheClass):
        self._class = the_class

    def prepare(self) -> None:
        pass

    def commands(self) -> Sequence[Command]:
        arguments = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        beside = self._class.beside
        return [
            Command(
                [*arguments, "-c", "/dev/null", "--rootdir", str(beside), "test_submission.py"],
                beside,
                {**environment, "HANDED_IN": str(student)},
            )
            for student in self._class.students
        ]

    def verify(self) -> None:
        pass


class Python:
    """One process for each student, which calls the functions and compares nothing.

    cache: a folder where JAX keeps what it compiles for the students; None for none.
    """

    timed_by_itself = False

    def __init__(self, the_class: TheClass, cache: Path | None):
        self.name = "python-cold" if cache is None else "python-warm"
        self._class, self._cache = the_class, cache

    def prepare(self) -> None:
        pass

    def commands(self) -> Sequence[Command]:
        environment = {}
        if self._cache is not None:
            environment = {
                "JAX_COMPILATION_CACHE_DIR": str(self._cache),
                "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
                "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
            }
        beside = self._class.beside
        return [
            Command([sys.executable, "call.py", str(student)], beside, environment)
            for student in self._class.students
        ]

    def verify(self) -> None:
        pass


class Floor:
    """One process for all: every function on every case, and nothing else."""

    name, timed_by_itself = "floor", True

    def __init__(self, the_class: TheClass):
        self._class = the_class

    def prepare(self) -> None:
        pass

    def commands(self) -> Sequence[Command]:
        students = map(str, self._class.students)
        return [Command([sys.executable, "floor.py", *students], self._class.beside)]

    def verify(self) -> None:
        pass
