"""Compiles what a problem's statement spells out, before workers need it for a run's cases.

`warm_up(*arguments)` in `solutions/<id>/warm_up.py` takes the statement's steps one by one, and JAX
keeps what it compiles for them. A worker without walls calls it once for each shape among a run's
cases, unless an earlier run did, with zeros for arrays. No verdict depends on it, only time: if it
fails, a run continues without.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..common.errors import CourseError
from ..common.processors import usable_processors
from ..course.catalogue import Entry
from ..course.draw import draw_cases, tiny_cases
from ..course.problem import Case, Limits, Problem, Rules
from ..diagnosis.experiments import experiments
from ..judging.outcome import Answer
from ..judging.sentences import judge_failure
from ..sandbox import SandboxError, worker_folder, worker_threads
from ..sandbox.bare import Bare
from ..sandbox.session import Session
from ..submissions import Code
from ..worker.frames import Raised
from .program_cache import programs, share_ours, warm_folder

DONE = "done"  # a file with a line for each shape that a folder holds the programs of
LIMITS = Limits(case_seconds=300, total_seconds=3600)

log = logging.getLogger(__name__)


def compile_ahead(entries: Sequence[Entry], seeds: Sequence[int]) -> None:
    """Compiles for the cases of these runs, and shares the programs with workers."""

    def compile_for(entry: Entry) -> None:
        try:
            warm_up(entry, shapes_left(entry, one_of_each_shape(entry, *seeds)))
        except (CourseError, SandboxError) as error:
            log.warning("Nothing is precompiled for workers: %s", error)

    with worker_threads(usable_processors()) as pool:
        list(pool.map(compile_for, entries))
    share_programs(entries)


def share_programs(entries: Iterable[Entry]) -> None:
    """Gives workers of this process what is precompiled."""
    for entry in entries:
        share_ours(programs(entry), worker_folder() / "compiled")


def one_of_each_shape(entry: Entry, *seeds: int) -> dict[str, Case]:
    """The first case of each shape that workers are asked for in these runs, by that shape."""
    cases: dict[str, Case] = {}
    drawn = (case for seed in seeds for case in draw_cases(entry, seed))
    for case in (*drawn, *tiny_cases(entry), *experiments(entry.problem).values()):
        cases.setdefault(_shape(entry.problem, case), case)
    return cases


def shapes_left(entry: Entry, cases: Mapping[str, Case]) -> dict[str, Case]:
    """The shapes that are not compiled for yet: none if no program can be kept."""
    folder = warm_folder(entry)
    if folder is None:
        return {}
    done = folder / DONE
    kept = set(done.read_text().splitlines()) if done.is_file() else set()
    return {shape: case for shape, case in cases.items() if shape not in kept}


def warm_up(entry: Entry, cases: Mapping[str, Case]) -> None:
    """Takes the statement's steps once for each case, and notes the shapes as done. Raises
    CourseError, which names the file, if it doesn't run.
    """
    if not cases:
        return
    folder, file = warm_folder(entry), entry.warm_up
    problem = replace(entry.problem, entry_point="warm_up", limits=LIMITS, rules=Rules())
    with Session.ready(Bare(folder), problem) as session:
        session.allow_output()
        if failure := session.load(Code(file.read_bytes())):
            raise CourseError(f"{file}: {judge_failure(problem, None, failure).message}")
        for shape, case in cases.items():
            outcome = session.ask(_zeros(case), elements=0)
            no_array = isinstance(outcome, Raised) and outcome.stage == "result"
            if not isinstance(outcome, Answer) and not no_array:
                raise CourseError(f"{file}: {judge_failure(problem, case, outcome).message}")
            if folder:
                with open(folder / DONE, "a") as done:
                    done.write(f"{shape}\n")


def _zeros(case: Case) -> Case:
    """No value of a case is to be in what is compiled."""
    arguments = (np.zeros_like(a) if isinstance(a, np.ndarray) else a for a in case.arguments)
    return replace(case, arguments=tuple(arguments))


def _shape(problem: Problem, case: Case) -> str:
    """The sizes of a case: those of its arrays, and arguments that the problem calls sizes."""
    named = zip(problem.parameters, case.arguments, strict=True)
    sizes = [int(a) for name, a in named if name in problem.axes and not isinstance(a, np.ndarray)]
    return json.dumps([case.shapes, sizes])
