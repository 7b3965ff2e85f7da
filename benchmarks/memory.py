"""The largest memory of a process and all below it, sampled while it runs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil

INTERVAL = 0.1  # seconds
MIB = 2**20


class Peak:
    """mib: the largest sum so far of what each process holds, shared pages shared out (PSS).

    Where PSS can't be had, it is resident memory (RSS), which counts shared pages again and again.
    """

    def __init__(self) -> None:
        self.mib = 0.0

    def _sample(self, pid: int) -> None:
        total = 0
        with contextlib.suppress(psutil.Error):
            first = psutil.Process(pid)
            for process in (first, *first.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    total += _held(process)
        self.mib = max(self.mib, total / MIB)


@contextlib.contextmanager
def peak_memory(pid: int) -> Iterator[Peak]:
    """Samples until it is left. It costs processor time, so measure that another time."""
    peak, over = Peak(), threading.Event()

    def watch() -> None:
        while not over.wait(INTERVAL):
            peak._sample(pid)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _held(process: psutil.Process) -> int:
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return int(process.memory_info().rss)
