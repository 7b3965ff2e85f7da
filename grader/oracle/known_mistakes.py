"""Names known mistakes on the cases of a run, by running them as far as it takes to tell.

They run in one process of ours, which starts with the first wrong answer. Each mistake is run case
by case, in order and once, and no further than to where no submission has gone on like it: for
most that is the first case or two.
"""

from __future__ import annotations

import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from ..course.catalogue import Entry, load_course
from ..course.draw import draw_cases
from ..course.problem import Case
from ..diagnosis.fingerprints import Namer, Prints, name_mistakes, take_prints
from ..judging.outcome import Outcome
from .in_process import ask_own, jax_as_it_was, load_own, our_processes, put_back, quiet
from .practice import sentence

RunId = tuple[Path, str, int, str | None]  # the course, problem, seed and student
REACH = 8  # cases that a mistake is run on to answer for one


class KnownMistakes(AbstractContextManager["KnownMistakes"]):
    """The known mistakes of courses; what they gave is kept while this is open."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._pool: ProcessPoolExecutor | None = None
        self._one_at_a_time = threading.Lock()

    def namer(self, entry: Entry, seed: int, student: str | None = None) -> Namer:
        """Names what a submission's answers to the cases of a run show; nothing where we fail."""

        def name(mine: Prints, right: Prints) -> list[str]:
            try:
                with self._one_at_a_time:
                    if self._pool is None:
                        self._pool = self._open.enter_context(our_processes())
                root = entry.folder.parents[1]
                run = root, entry.id, seed, student
                return self._pool.submit(_name, run, mine, right).result()
            except (BrokenProcessPool, RuntimeError):  # a mistake ended it, or it is shut down
                return []

        return name

    def __exit__(self, *_: object) -> None:
        self._open.close()


def _name(run: RunId, mine: Prints, right: Prints) -> list[str]:
    sizes = tuple(int(size) for size in right.elements)
    with quiet():
        return name_mistakes(mine, right, _mistakes(run, sizes))


@lru_cache(maxsize=4)  # where each student has cases of their own, what is kept is soon of no use
def _mistakes(run: RunId, sizes: tuple[int, ...]) -> list[_AsNeeded]:
    root, problem_id, seed, student = run
    entry = load_course(root).get(problem_id)
    cases = draw_cases(entry, seed, student)
    files = sorted((entry.solutions / "wrong_answer").glob("*.py"))
    return [_AsNeeded(entry, path, cases, sizes) for path in files]


@dataclass
class _AsNeeded:
    """A known mistake that is run when its answer is asked for. sizes: of the right answers."""

    entry: Entry
    path: Path
    cases: list[Case]
    sizes: tuple[int, ...]
    given: list[Prints] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)  # of JAX, as it last left them

    @property
    def sentence(self) -> str:
        return sentence(self.path)

    def gives(self, number: int) -> Prints:
        """Its print, or that of no answer where it would have to be run on many cases for it."""
        if number - len(self.given) > REACH:
            return take_prints([self.cases[number]], [None])
        if len(self.given) <= number:
            import jax

            with jax_as_it_was():
                put_back(self.settings)
                while len(self.given) <= number:
                    outcome = self._answer(len(self.given))
                    self.given.append(take_prints([self.cases[len(self.given)]], [outcome]))
                self.settings = dict(jax.config.values)
        return self.given[number]

    def _answer(self, number: int) -> Outcome | None:
        if not callable(self._function):
            return None
        case = self.cases[number]
        seconds = case.seconds or self.entry.problem.limits.case_seconds
        return ask_own(self._function, case, self.sizes[number], seconds)

    @cached_property
    def _function(self) -> object:
        return load_own(self.entry.problem, self.path)
