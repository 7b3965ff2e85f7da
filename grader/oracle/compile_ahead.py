"""Compiles what a problem's statement spells out, before workers need it for a run's cases.

`warm_up(*arguments)` in `solutions/<id>/warm_up.py` takes the statement's steps one by one, and JAX
keeps what it compiles for them. It is called once for each shape among a run's cases, with zeros
for arrays, in processes of ours; what was done for an earlier run is not done again. None of it
changes a verdict: workers run what they would have compiled, in a fraction of the time. So where
it fails, a run goes on without.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np

from ..common.errors import CourseError
from ..common.processors import usable_processors
from ..course.catalogue import Entry, load_module
from ..course.draw import draw_cases, tiny_cases
from ..course.problem import Case, Problem
from ..diagnosis.pixels_read import probes
from ..sandbox import worker_folder
from .process_pool import process_pool
from .program_cache import keep_compiled, ours, programs, share_ours, warm_folder

DONE = "done"  # a file with a line for each shape that a folder holds the programs of
Arguments = tuple[Any, ...]

log = logging.getLogger(__name__)


def compile_ahead(entries: Sequence[Entry], seeds: Iterable[int]) -> None:
    """Compiles for the cases of these runs, and shares the programs with workers."""
    seeds = tuple(seeds)
    left = {
        entry.id: (entry, shapes)
        for entry in entries
        if (shapes := shapes_left(entry, one_of_each_shape(entry, *seeds)))
    }
    if left:
        with process_pool(min(len(left), usable_processors())) as pool:
            futures = [
                pool.submit(compile_for, entry.warm_up, warm_folder(entry), shapes)
                for entry, shapes in left.values()
            ]
            for future in futures:
                try:
                    future.result()
                except (CourseError, BrokenProcessPool) as error:
                    log.warning("Nothing is precompiled for workers: %s", error)
    share_programs(entries)


def share_programs(entries: Iterable[Entry]) -> None:
    """Puts what is precompiled where workers of this process find it."""
    for entry in entries:
        share_ours(programs(entry), worker_folder() / "compiled")


def one_of_each_shape(entry: Entry, *seeds: int) -> dict[str, Case]:
    """The first case of each shape that workers are asked for in these runs, by that shape."""
    cases: dict[str, Case] = {}
    drawn = (case for seed in seeds for case in draw_cases(entry, seed))
    for case in (*drawn, *tiny_cases(entry), *probes(entry.problem)):
        cases.setdefault(_shape(entry.problem, case), case)
    return cases


def shapes_left(entry: Entry, cases: Mapping[str, Case]) -> dict[str, Arguments]:
    """Those of these shapes that no programs are kept for, each with a case's arguments: zeros for
    arrays, because no value of a case is to be in what is compiled.
    """
    if not entry.warm_up.is_file():
        return {}
    done = _done(warm_folder(entry))
    return {
        shape: tuple(np.zeros_like(a) if isinstance(a, np.ndarray) else a for a in case.arguments)
        for shape, case in cases.items()
        if shape not in done
    }


def compile_for(file: Path, folder: Path, shapes: Mapping[str, Arguments]) -> None:
    """Runs a `warm_up.py` and keeps the programs in a folder; in a process of ours.

    Raises CourseError, which names the file, if it doesn't run.
    """
    import jax

    jax.config.update("jax_platforms", "cpu")  # type: ignore[no-untyped-call]  # as in workers
    jax.clear_caches()  # type: ignore[no-untyped-call]  # what JAX remembers it would not write
    keep_compiled(folder, worth_keeping=0)
    for shape, arguments in shapes.items():
        warm_up(file, arguments)
        if not ours(folder):
            return
        try:
            with open(folder / DONE, "a") as done:
                done.write(f"{shape}\n")
        except OSError as error:
            log.info("the next run compiles this again: %s", error)


def warm_up(file: Path, arguments: Arguments) -> None:
    """Takes the statement's steps once. Raises CourseError, which names the file."""
    module = load_module(file)
    try:
        module.warm_up(*arguments)
    except Exception as error:
        raise CourseError(
            f"{file}: `warm_up` must run on the arguments of any case; it raised "
            f"{type(error).__name__}: {error}"
        ) from error


def _shape(problem: Problem, case: Case) -> str:
    """The sizes of a case: those of its arrays, and arguments that the problem calls sizes."""
    named = zip(problem.parameters, case.arguments, strict=True)
    sizes = [int(a) for name, a in named if name in problem.axes and not isinstance(a, np.ndarray)]
    return json.dumps([case.shapes, sizes])


def _done(folder: Path) -> set[str]:
    done = folder / DONE
    return set(done.read_text().splitlines()) if ours(folder) and done.is_file() else set()
