"""Compiles ahead, in a process of ours, what right answers to a run's cases will need.

The reference, and where it draws random numbers the accepted variants, are run on one case of each
shape, and JAX keeps what it compiles for them. What was done in an earlier run is not done again.
None of it changes a verdict: workers run what they would have compiled, in a fraction of the time.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, zip_longest
from pathlib import Path

import numpy as np

from ..common.versions import versions
from ..course.catalogue import Entry, load_course
from ..course.draw import draw_cases, tiny_cases
from ..course.problem import Case, Problem
from ..diagnosis.pixels_read import probes
from ..sandbox import worker_folder
from .in_process import Own, ask_own, jax_as_it_was, load_own, prepare_process, quiet
from .program_cache import (
    ALL,
    REFERENCE,
    ahead_folder,
    draws,
    keep_compiled,
    ours,
    programs,
    share_ours,
)

DONE = "done"  # a file with a line for each file of a bank and shape
SHARE = 0.2  # seconds for each submission: a small part of what it may save it
LOWEST_PRIORITY = 19


@dataclass(frozen=True)
class Task:
    """A right answer to run on some of the cases of a run. keys: of these cases, in `DONE`."""

    path: Path
    root: Path
    problem_id: str
    seed: int
    cases: tuple[int, ...]
    keys: tuple[str, ...]


class Ahead(AbstractContextManager["Ahead"]):
    """Shares with workers what was compiled before, and goes on compiling beside them.

    counts: how many submissions each problem has. The reference's programs are waited for where
    several submissions need them; the others come beside the workers, at the lowest priority, for
    as long as it is worth it.
    """

    def __init__(self, entries: Sequence[Entry], seed: int, counts: Mapping[str, int]):
        self._entries, self._seed = entries, seed
        self._several = [entry for entry in entries if counts[entry.id] > 1]
        self._seconds = SHARE * sum(counts[entry.id] for entry in self._several)
        self._shared: set[Path] = set()
        self._pool: ProcessPoolExecutor | None = None
        self._beside: threading.Thread | None = None

    def __enter__(self) -> Ahead:
        self._share()
        for task in chain(*(of_reference(entry, self._seed) for entry in self._several)):
            self._run(task)
        others = [of_accepted(entry, self._seed) for entry in self._several]
        in_turn = [*filter(None, chain(*zip_longest(*others)))]
        if in_turn:
            self._pool = self._pool or compiler()
            self._beside = threading.Thread(target=self._run_all, args=[in_turn], daemon=True)
            self._beside.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            for process in tuple(self._pool._processes.values()):
                process.kill()
            self._pool.shutdown(cancel_futures=True)
        if self._beside is not None:
            self._beside.join()

    def _run_all(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            if self._seconds <= 0:
                return
            self._run(task)

    def _run(self, task: Task) -> None:
        self._pool = self._pool or compiler()
        with suppress(BrokenProcessPool, RuntimeError):  # it ended, or was ended
            self._seconds -= self._pool.submit(compile_for, task).result()
            self._share()

    def _share(self) -> None:
        new = {*chain(*map(programs, self._entries))} - self._shared
        share_ours(new, worker_folder() / "compiled")
        self._shared |= new


def of_reference(entry: Entry, seed: int) -> Iterator[Task]:
    """What there is left to compile of the reference, for a run's cases."""
    return _left(entry, seed, [entry.reference])


def of_accepted(entry: Entry, seed: int) -> Iterator[Task]:
    """The same of the accepted variants; the shortest first, since what is short is what many
    write. Nothing before the reference has drawn random numbers: of variants, workers find only
    what draws them.
    """
    paths = entry.solutions.glob("accepted/*.py") if draws(entry) else ()
    return _left(entry, seed, sorted(paths, key=lambda path: path.stat().st_size))


def _left(entry: Entry, seed: int, paths: Sequence[Path]) -> Iterator[Task]:
    """For the cases of a run, and for those that show mistakes."""
    if not paths:
        return
    done = _done(entry.id)
    shapes: dict[str, int] = {}
    for number, case in enumerate(all_cases(entry, seed)):
        shapes.setdefault(_shape(entry.problem, case), number)
    for path in paths:
        answer = hashlib.sha256(path.read_bytes()).hexdigest()
        keys = {_key(entry.version, answer, shape): number for shape, number in shapes.items()}
        left = {key: number for key, number in keys.items() if key not in done}
        if left:
            yield Task(
                path, entry.folder.parents[1], entry.id, seed, tuple(left.values()), tuple(left)
            )


def compiler() -> ProcessPoolExecutor:
    """The process that tasks are run in, by `compile_for`."""
    fresh = multiprocessing.get_context("spawn")  # JAX does not survive a fork
    return ProcessPoolExecutor(1, fresh, _prepare)


def _prepare() -> None:
    prepare_process()
    with suppress(OSError, AttributeError):
        os.nice(LOWEST_PRIORITY)
    import jax

    jax.config.update("jax_platforms", "cpu")  # type: ignore[no-untyped-call]  # as in workers


def compile_for(task: Task) -> float:
    """Runs a task, and returns how many seconds of processor time that took."""
    import jax

    started = time.process_time()
    entry, cases = _loaded(task.root, task.problem_id, task.seed)
    of_reference, of_all = (ahead_folder(task.problem_id) / name for name in (REFERENCE, ALL))
    is_reference = task.path == entry.reference
    jax.clear_caches()  # type: ignore[no-untyped-call]  # what JAX remembers it would not write
    keep_compiled(of_all, worth_keeping=0)
    if is_reference:
        keep_compiled(of_reference, worth_keeping=0)
    with quiet(), jax_as_it_was():
        own = load_own(entry.problem, task.path)
        for case in (cases[number] for number in task.cases):
            if isinstance(own, Own):
                ask_own(own, case, 0, case.seconds or entry.problem.limits.case_seconds)
    with suppress(OSError):
        if is_reference and ours(of_reference):
            share_ours(of_reference.iterdir(), of_all)
        if ours(of_all):
            with open(of_all / DONE, "a") as file:
                file.write("".join(f"{key}\n" for key in task.keys))
    return time.process_time() - started


@lru_cache(maxsize=4)
def _loaded(root: Path, problem_id: str, seed: int) -> tuple[Entry, list[Case]]:
    entry = load_course(root).get(problem_id)
    return entry, all_cases(entry, seed)


def all_cases(entry: Entry, seed: int) -> list[Case]:
    """Those of a run, and those that show mistakes. The numbers of a task's cases are from here."""
    return [*draw_cases(entry, seed), *tiny_cases(entry), *probes(entry.problem)]


def _shape(problem: Problem, case: Case) -> str:
    """The sizes of a case: those of its arrays, and arguments that the problem calls sizes."""
    named = zip(problem.parameters, case.arguments, strict=True)
    sizes = [int(a) for name, a in named if name in problem.axes and not isinstance(a, np.ndarray)]
    return str((case.shapes, sizes))


def _key(*parts: str) -> str:
    return hashlib.sha256(json.dumps([*parts, versions(), _processor()]).encode()).hexdigest()[:24]


@lru_cache(maxsize=1)
def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line
    return ""


def _done(problem_id: str) -> set[str]:
    folder = ahead_folder(problem_id) / ALL
    with suppress(OSError):
        if ours(folder):
            return set((folder / DONE).read_text().split())
    return set()
