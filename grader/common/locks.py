"""Locks on folders and temporary folders, both gone when the process that holds them ends."""

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .folders import FROM_HANDLE, Folder, open_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)


def lock(folder: Path) -> int | None:
    """A handle for `unlock`, or None if another process holds the lock. Raises OSError."""
    if fcntl is None:
        return os.open(os.devnull, os.O_RDONLY)  # a handle without a lock
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _locked(handle):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def unlock(handle: int | None) -> None:
    """Gives a lock back; does nothing for None."""
    if handle is not None:
        os.close(handle)


def _locked(handle: int) -> bool:
    """Whether this process now holds the lock. Raises OSError."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def temporary_folder(kind: str) -> Iterator[Path]:
    """A new folder, named after its kind, for as long as the context lasts.

    If this process is killed, the next call for this kind removes the folder. Raises OSError.
    """
    if fcntl is not None:  # else nothing says whether a folder's process is alive
        _remove_left(f"grader-{kind}-")
    folder, handle = _new_folder(f"grader-{kind}-")
    try:
        yield folder
    finally:
        _remove(Folder(folder, handle if FROM_HANDLE else None))
        unlock(handle)


def _new_folder(prefix: str) -> tuple[Path, int]:
    """A new folder and the handle of its lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix))
        handle = None
        try:
            handle = lock(folder)
            # `_remove_left` of another process may come before the lock.
            if handle is not None and (
                not FROM_HANDLE or os.path.samestat(os.fstat(handle), folder.lstat())
            ):
                return folder, handle
        except FileNotFoundError:
            pass
        except BaseException:
            unlock(handle)
            folder.rmdir()
            raise
        unlock(handle)


def _remove_left(prefix: str) -> None:
    """Removes this user's folders whose processes were killed."""
    top = Path(tempfile.gettempdir())
    for name in sorted(name for name in os.listdir(top) if name.startswith(prefix)):
        try:
            with open_folder(top) as opened, opened.inside(name) as folder:
                assert folder.handle is not None
                if folder.is_private() and _locked(folder.handle):
                    _remove(folder)
        except FileNotFoundError:
            pass  # another process removed it
        except OSError as error:  # such as a link or a file of another user
            log.info("%s looks like a killed run's, and stays: %s", top / name, error)


def _remove(folder: Folder) -> None:
    """Removes a temporary folder with all that it holds."""
    try:
        folder.empty()
        os.rmdir(folder.path)
    except OSError as error:
        log.info("%s could not be removed: %s", folder.path, error)
