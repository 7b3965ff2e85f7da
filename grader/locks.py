"""Locks on folders, which go with the process that holds them, however it ends."""

from __future__ import annotations

import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

NO_LOCKS_HERE = -1


def lock(folder: Path) -> int | None:
    """A handle for `unlock`, or None where another one holds the lock. Raises OSError."""
    if fcntl is None:
        return NO_LOCKS_HERE
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return handle


def unlock(handle: int | None) -> None:
    if handle is not None and handle != NO_LOCKS_HERE:
        os.close(handle)
