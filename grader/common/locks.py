"""Locks on folders, which go with the process that holds them; and folders that go with it too."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
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


def temporary_folder(kind: str) -> Path:
    """A new folder, called after its kind. It is removed when this process ends; if that is killed,
    by the next one that wants such a folder. Raises OSError.
    """
    for left in Path(tempfile.gettempdir()).glob(f"grader-{kind}-*"):
        with contextlib.suppress(OSError):
            ours = hasattr(os, "geteuid") and left.stat().st_uid == os.geteuid()
            if ours and lock(left) not in (None, NO_LOCKS_HERE):
                remove(left)
    new = Path(tempfile.mkdtemp(prefix="grader-new-"))
    lock(new)  # before it has the name by which others look for what is left
    folder = new.rename(new.with_name(new.name.replace("new", kind, 1)))
    atexit.register(remove, folder)
    return folder


def remove(folder: Path) -> None:
    """Removes it with what it holds, also from folders in it that can't be listed."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
