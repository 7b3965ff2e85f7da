"""Processes of ours, for the author's code that runs beside workers: `warm_up.py`."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from ..common.xla import set_xla_flags
from ..worker.lowering import share_contexts


@contextlib.contextmanager
def process_pool(count: int = 1) -> Iterator[ProcessPoolExecutor]:
    """A pool of processes of ours. At the end these are killed, whatever they do, and no others."""
    fresh = multiprocessing.get_context("spawn")  # JAX does not survive a fork
    pool = ProcessPoolExecutor(count, fresh, _prepare)
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


def _prepare() -> None:
    """Run first in each new process of ours.

    An interrupt is the business of the process that waits for this one; and where that is killed,
    this one ends too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    set_xla_flags()
    share_contexts()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
