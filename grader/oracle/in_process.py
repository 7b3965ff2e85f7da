"""Runs the author's own files in this process, with the worker's functions and its clock.

They are code that we wrote. Without a worker for each, a shape is compiled once and not once for
each file.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ..common.xla import set_xla_flags
from ..course.problem import Case, Problem, Rules
from ..judging.outcome import Answer, Outcome, TimeOut, Violation
from ..sandbox.session import pack_case
from ..worker import frames
from ..worker.jax_internals import share_contexts
from ..worker.source import SubmissionError, read_python
from ..worker.submission import build_arguments, call, load
from ..worker.watch import Watch
from .program_cache import keep_compiled

PATIENCE = 10  # seconds of waiting for each second that may be computed


@contextlib.contextmanager
def our_processes(count: int = 1) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes of ours. At the end these are killed, whatever they do, and no others."""
    fresh = multiprocessing.get_context("spawn")  # JAX does not survive a fork
    pool = ProcessPoolExecutor(count, fresh, prepare_process)
    try:
        with _interrupts_held_back():  # they would reach a process that can't ignore them yet
            for _ in range(count):
                pool.submit(os.getpid)  # anything, to start it
        yield pool
    finally:
        for process in tuple((pool._processes or {}).values()):
            process.kill()
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """From this thread and, for good, from the processes that it starts."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def prepare_process() -> None:
    """Run first in each new process of ours.

    An interrupt is the business of the process that waits for this one; and where that is killed,
    this one ends too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    set_xla_flags()
    keep_compiled()
    share_contexts()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@dataclass(frozen=True)
class Own:
    """The entry point of a file of the author's, and the watch under which it was loaded."""

    function: Callable[..., Any]
    watch: Watch


def load_own(problem: Problem, path: Path) -> Own | Outcome:
    """A file's entry point, or what stands in its way."""
    watch = _watch(problem.rules)
    with watch, _Clock(problem.limits.import_seconds) as clock:
        try:
            pieces = read_python(path.read_bytes())
            function, _ = load(pieces, problem.entry_point, problem.parameters)
        except SubmissionError as error:
            return TimeOut(problem.limits.import_seconds) if clock.over else error.raised
        finally:
            watch.take()
    return Own(function, watch)


@lru_cache(maxsize=1)
def _watch(rules: Rules) -> Watch:
    """One watch for all files of a problem, so that what JAX compiled for one serves the next."""
    import jax

    jax.clear_caches()  # type: ignore[no-untyped-call]  # of what was traced unwatched
    return Watch(rules.primitives, rules.calls)


def ask_own(own: Own, case: Case, elements: int, seconds: float) -> Outcome:
    """What a file of the author's makes of a case whose right answer has so many elements."""
    body = pack_case(case, elements)[frames.HEADER.size :]
    failed: Outcome | None = None
    with own.watch, _Clock(seconds) as clock:
        try:
            header, data = call(own.function, build_arguments(*frames.parse_message(body)))
        except SubmissionError as error:
            failed = TimeOut(seconds) if clock.over else error.raised
    used = own.watch.take()
    if used:
        return Violation(used)
    if failed is not None:
        return failed
    values = np.frombuffer(data, header.dtype) if header.size == elements else None
    return Answer(header.shape, header.source_dtype, header.size, values)


class _OutOfTime(BaseException):
    pass


class _Clock:
    """Interrupts Python code that runs on; on a system without alarms it does nothing.

    It counts seconds of CPU, because this process may have to share its processor; code that
    only waits is given a good deal longer.
    """

    def __init__(self, seconds: float):
        self._seconds = seconds
        self.over = False

    def __enter__(self) -> _Clock:
        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGPROF, self._ring)
            signal.signal(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_PROF, self._seconds)
            signal.setitimer(signal.ITIMER_REAL, PATIENCE * self._seconds)
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, number: int, frame: types.FrameType | None) -> None:
        self.over = True
        raise _OutOfTime


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    with (
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(action="ignore"),
    ):
        yield
