"""A time after which a command stops as if someone had pressed Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TimeIsUp(KeyboardInterrupt):
    """The time is over. It passes through everything that Ctrl-C passes through."""


@contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """Raises TimeIsUp in the main thread, once these seconds are over. None: there is no limit."""
    if seconds is None:
        yield
        return

    def stop(_: int, __: FrameType | None) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
