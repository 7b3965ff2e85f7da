"""Counts processors."""

import os


def usable_processors() -> int:
    """How many processors this process may use; the machine may have more."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
