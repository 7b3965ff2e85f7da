"""How long others kept a worker from a processor, and whether the kernel ended it for memory.

Both are read from the kernel, from outside of the worker: nothing that it says counts.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Reading:
    """What the kernel has counted for a worker up to some moment.

    computed: processor seconds of it and its descendants, and of all threads that they ever had.
    threads: for each thread that lives, its seconds on a processor and its seconds of waiting for
    one. A thread that sleeps, or is stopped, doesn't wait.
    """

    computed: float = 0.0
    threads: Mapping[int, tuple[float, float]] = field(default_factory=dict)


def kept_waiting(before: Reading, after: Reading) -> float:
    """Seconds between two readings for which others surely kept the worker from a processor.

    A thread also waits while the worker's own threads compute, and with many of them these waits
    add up to any sum. So the threads are not added up: of what one thread waited, all that the
    worker's other threads computed meanwhile is taken off, and the thread that is left with most
    counts. Threads that have ended are not seen; what is missing is in favour of the verdict.
    """
    computed = after.computed - before.computed
    most = 0.0
    for thread, (ran, waited) in after.threads.items():
        ran_before, waited_before = before.threads.get(thread, (0.0, 0.0))
        others = max(0.0, computed - (ran - ran_before))
        most = max(most, waited - waited_before - others)
    return most


def threads_of(processes: Iterable[int]) -> dict[int, tuple[float, float]]:
    """`Reading.threads` of some processes. Nothing, if the system doesn't count it."""
    found = {}
    for process in processes:
        with contextlib.suppress(OSError):  # it has ended
            for thread in os.listdir(f"/proc/{process}/task"):
                with contextlib.suppress(OSError, ValueError):
                    text = Path(f"/proc/{process}/task/{thread}/schedstat").read_text()
                    ran, waited, _ = map(int, text.split())
                    found[int(thread)] = ran / 1e9, waited / 1e9
    return found


def ended_for_memory() -> int | None:
    """How many processes of this machine the kernel has ended because memory ran out, since it
    started; None if the system doesn't say.
    """
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
    return None
