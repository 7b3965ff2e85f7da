"""Locks on folders, which go with the process that holds them; and folders that go with it too."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

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


@contextlib.contextmanager
def temporary_folder(kind: str) -> Iterator[Path]:
    """A new folder, named after its kind, for as long as the context lasts. If this process is
    killed, the next one that wants such a folder removes it. Raises OSError.
    """
    for left in Path(tempfile.gettempdir()).glob(f"grader-{kind}-*"):
        _remove_left(left)
    folder = Path(tempfile.mkdtemp(prefix="grader-new-"))
    handle = None
    try:
        handle = lock(folder)  # before it has the name by which others look for what is left
        folder = folder.rename(folder.with_name(folder.name.replace("new", kind, 1)))
        yield folder
    finally:
        _remove(folder)
        unlock(handle)


def _remove_left(folder: Path) -> None:
    """Removes a folder of this user's whose process is gone."""
    try:
        if not hasattr(os, "geteuid") or folder.stat().st_uid != os.geteuid():
            return
        handle = lock(folder)
        if handle not in (None, NO_LOCKS_HERE):
            _remove(folder)
        unlock(handle)
    except FileNotFoundError:
        pass  # another process has just removed it
    except OSError as error:
        log.info("%s is left from a run that was killed, and stays: %s", folder, error)


def _remove(folder: Path) -> None:
    """Removes it with what it holds, also from folders in it that can't be listed."""
    with contextlib.suppress(OSError):  # what is lacking then, the last line says
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        log.info("%s could not be removed", folder)
