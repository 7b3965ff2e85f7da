"""Tries every file of a problem's banks under every seed, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from ..common.errors import CourseError
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..course.files import Files
from ..oracle.in_process import our_processes
from ..sandbox import Sandbox, worker_threads
from .in_process import try_here
from .in_worker import Ending, try_in_worker
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


MOST_RUNS_IN_WORKERS = 10  # for a file whose worker doesn't survive its run

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
    work = [(n, seed, path) for n, seed in enumerate(effort.seeds) for path in here]
    trials = []
    for done, (path, found, alive) in enumerate(_in_workers(entry, elsewhere, effort, sandbox), 1):
        tell(str(path.relative_to(files.solutions)), done, len(elsewhere))
        trials += found
        if alive:
            work += [(n, seed, path) for n, seed in enumerate(effort.seeds) if n]
    for done, trial in enumerate(_in_processes(files, sorted(work), effort), 1):
        tell(trial.file, done, len(work))
        trials.append(trial)
    return trials


def _in_workers(
    entry: Entry, paths: Sequence[Path], effort: Effort, sandbox: Sandbox
) -> Iterator[tuple[Path, list[Trial], bool]]:
    """What crashes, hangs or breaks a rule: in a real worker, which costs a second for each run.

    The third result says that the worker lived on, so that all other runs can do without one.
    """

    def work(path: Path) -> tuple[Path, list[Trial], bool]:
        trials = []
        for number, seed in enumerate(effort.seeds[:MOST_RUNS_IN_WORKERS]):
            trial, ending = try_in_worker(entry, path, seed, number < effort.whole, sandbox)
            trials.append(trial)
            if ending is not Ending.ENDED or trial.verdict is Verdict.TIME_LIMIT_EXCEEDED:
                break
        return path, trials, ending is Ending.ALIVE

    with worker_threads(effort.jobs) as pool:
        for future in as_completed([pool.submit(work, path) for path in paths]):
            yield future.result()


def _in_processes(
    files: Files, work: Sequence[tuple[int, int, Path]], effort: Effort
) -> Iterator[Trial]:
    """Run by run. A file stays with its process, and so does what was compiled for it."""
    with ExitStack() as opened:
        pools = [opened.enter_context(our_processes()) for _ in range(effort.jobs)]
        of_path = dict(zip(dict.fromkeys(path for *_, path in work), cycle(pools), strict=False))
        futures: dict[Future[Trial], Path] = {}
        for number, seed, path in work:
            every_case = number < effort.whole or path.parent.name == Verdict.ACCEPTED
            trial = of_path[path].submit(try_here, files.root, files.id, path, seed, every_case)
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
