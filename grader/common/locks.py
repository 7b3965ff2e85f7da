"""Locks on folders and temporary folders, both gone when the process that holds them ends."""

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


def lock(folder: Path) -> int | None:
    """A handle for `unlock`, or None if another process holds the lock. Raises OSError."""
    if fcntl is None:
        return os.open(os.devnull, os.O_RDONLY)  # a handle without a lock
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            return None
        raise
    return handle


def unlock(handle: int | None) -> None:
    """Gives a lock back; does nothing for None."""
    if handle is not None:
        os.close(handle)


@contextlib.contextmanager
def temporary_folder(kind: str) -> Iterator[Path]:
    """A new folder, named after its kind, for as long as the context lasts.

    If this process is killed, the next call for this kind removes the folder. Raises OSError.
    """
    if fcntl is not None:  # else nothing says whether a folder's process is alive
        for left in Path(tempfile.gettempdir()).glob(f"grader-{kind}-*"):
            _remove_left(left)
    folder = Path(tempfile.mkdtemp(prefix="grader-new-"))
    handle = None
    try:
        handle = lock(folder)  # before the folder has the name that `_remove_left` looks for
        folder = folder.rename(folder.with_name(folder.name.replace("new", kind, 1)))
        yield folder
    finally:
        _remove(folder)
        unlock(handle)


def _remove_left(folder: Path) -> None:
    """Removes a folder of this user's whose process was killed."""
    try:
        if folder.stat().st_uid == os.geteuid() and (handle := lock(folder)) is not None:
            _remove(folder)
            unlock(handle)
    except FileNotFoundError:
        pass  # another process removed it
    except OSError as error:
        log.info("%s is left from a killed run, and could not be removed: %s", folder, error)


def _remove(folder: Path) -> None:
    """Removes a folder with all that it holds, also if permissions of folders in it are missing."""
    with contextlib.suppress(OSError):  # the log reports a folder that stays
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        log.info("%s could not be removed", folder)
