"""Tries every file of a problem's banks under every seed, side by side."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from ..catalogue import CourseError, Entry
from ..sandbox import Sandbox, end_all_workers
from ..verdict import Verdict
from .files import Files
from .in_process import prepare, try_here
from .in_worker import try_in_worker
from .trial import Trial

IN_PROCESS = (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)


@dataclass(frozen=True)
class Effort:
    """How much is tried: a run for each seed, in the first `whole` of them each mistake on all
    cases, in so many processes at a time.
    """

    seeds: Sequence[int]
    whole: int
    jobs: int


Tell = Callable[[str, int, int], None]  # what is being tried, how many are done, of how many


def try_bank(
    files: Files, entry: Entry, effort: Effort, sandbox: Sandbox, tell: Tell
) -> list[Trial]:
    """All trials of a problem.

    Raises CourseError, which names the file where one ends the process that tries it, and
    SandboxError.
    """
    here = [path for folder in IN_PROCESS for path in files.bank(folder)]
    elsewhere = [path for path in files.banks if path not in here]
    trials = []
    for done, trial in enumerate(_in_processes(files, here, effort), 1):
        trials.append(trial)
        tell(trial.file, done, len(here) * len(effort.seeds))
    for done, found in enumerate(_in_workers(entry, elsewhere, effort, sandbox), 1):
        trials += found
        tell(found[0].file, done, len(elsewhere))
    return trials


def _in_processes(files: Files, paths: Sequence[Path], effort: Effort) -> Iterator[Trial]:
    """Run by run. A file stays with its process, and so does what was compiled for it."""
    fresh = multiprocessing.get_context("spawn")  # JAX does not survive a fork
    pools = [ProcessPoolExecutor(1, fresh, prepare) for _ in range(effort.jobs)]
    futures: dict[Future[Trial], Path] = {}
    try:
        for number, seed in enumerate(effort.seeds):
            for index, path in enumerate(paths):
                every_case = number < effort.whole or path.parent.name == Verdict.ACCEPTED
                pool = pools[index % effort.jobs]
                trial = pool.submit(try_here, files.root, files.id, path, seed, every_case)
                futures[trial] = path
        for future in as_completed(futures):
            try:
                yield future.result()
            except BrokenProcessPool:
                # A process takes its files in order, so the first without a result did it.
                unfinished = (f for f in futures if f.done() and f.exception() is not None)
                name = futures[next(unfinished)].relative_to(files.solutions)
                raise CourseError(
                    f"{name} ended the process that tried it. Move it to the folder of the "
                    "verdict that this deserves."
                ) from None
    except BaseException:
        for process in multiprocessing.active_children():
            process.kill()
        raise
    finally:
        for pool in pools:
            pool.shutdown(cancel_futures=True)


def _in_workers(
    entry: Entry, paths: Sequence[Path], effort: Effort, sandbox: Sandbox
) -> Iterator[list[Trial]]:
    def work(path: Path) -> list[Trial]:
        return list(try_in_worker(entry, path, effort.seeds, effort.whole, sandbox))

    pool = ThreadPoolExecutor(effort.jobs)
    try:
        futures = [pool.submit(work, path) for path in paths]
        for future in as_completed(futures):
            yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        end_all_workers()
        raise
    finally:
        pool.shutdown()
