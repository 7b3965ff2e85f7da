"""Open folders: what is read, written and removed in one never lies behind a link in it.

In a folder such as /tmp every user can make files, folders and links, also with names that the
grader is about to use. So what another user made there is refused, and a folder that was opened
stays the same folder, whatever takes its name.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from contextlib import AbstractContextManager, suppress
from pathlib import Path

FROM_HANDLE = os.open in os.supports_dir_fd  # not on Windows, where paths are used
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | _NO_LINK | getattr(os, "O_DIRECTORY", 0)
_OLD = os.O_RDONLY | _NO_LINK | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | getattr(os, "O_BINARY", 0)


class Folder(AbstractContextManager["Folder"]):
    """An open folder. path: how it was found. handle: its descriptor, None on Windows.

    All methods raise OSError, and take names of what lies in the folder itself.
    """

    def __init__(self, path: Path, handle: int | None):
        self.path, self.handle = path, handle

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Does nothing to the folder itself."""
        if self.handle is not None:
            os.close(self.handle)

    def inside(self, name: str, make: int | None = None) -> Folder:
        """Opens a folder in this one. make: its permissions, if it is to be made if missing."""
        if make is not None:
            with suppress(FileExistsError):
                os.mkdir(self._at(name), make, dir_fd=self.handle)
        return Folder(self.path / name, self._open(name, _FOLDER) if FROM_HANDLE else None)

    def names(self) -> list[str]:
        """Of all that it holds."""
        return os.listdir(self.path if self.handle is None else self.handle)

    def is_private(self) -> bool:
        """Whether it is this user's, and nobody else can write in it."""
        if self.handle is None:
            return True
        status = os.fstat(self.handle)
        return status.st_uid == os.geteuid() and not status.st_mode & 0o022

    def read(self, name: str, most: int = -1) -> bytes:
        """The bytes of a regular file. most: how many are read."""
        with open(self._open(name, _OLD), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(errno.EINVAL, "it is no regular file")
            return file.read(most)

    def read_bounded(self, name: str, limit: int) -> bytes:
        """The bytes of a file. limit: in bytes. Raises ValueError if it is a link, no regular file,
        or too large.
        """
        try:
            opened = self._open(name, _OLD)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise ValueError("it is a symbolic link, which is not followed") from error
            raise
        with open(opened, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ValueError("it is no regular file")
            if status.st_size > limit:
                raise ValueError(f"it has more than {limit // 2**20} MiB")
            return file.read(status.st_size)

    def write(self, name: str, data: bytes, mode: int = 0o666) -> None:
        """Writes a file whole or not at all, in place of a file or link of this name.

        The user's umask decides its permissions. They are never wider than `mode`, and than
        those of the file before.
        """
        new = f".{name}.{secrets.token_hex(4)}"
        try:
            with open(self._open(new, _NEW, mode & self.permissions(name)), "wb") as file:
                file.write(data)
            self.move(new, self, name)
        except BaseException:
            self.remove(new)
            raise

    def permissions(self, name: str) -> int:
        """The widest permissions for a file that takes the place of this one."""
        try:
            mode = os.stat(self._at(name), dir_fd=self.handle, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return 0o666
        return mode & 0o666 | 0o400 if stat.S_ISREG(mode) else 0o666

    def move(self, name: str, to: Folder, new: str) -> None:
        """Moves a file to a folder, in place of a file or link there."""
        os.replace(self._at(name), to._at(new), src_dir_fd=self.handle, dst_dir_fd=to.handle)

    def remove(self, name: str) -> None:
        """Removes a file or a link, if there is one."""
        with suppress(FileNotFoundError):
            os.unlink(self._at(name), dir_fd=self.handle)

    def remove_all(self, name: str) -> None:
        """Removes a file, a link, or a folder with all that it holds, as far as possible."""
        shutil.rmtree(self._at(name), ignore_errors=True, dir_fd=self.handle)
        with suppress(OSError):
            self.remove(name)

    def empty(self) -> None:
        """Removes all that it holds, as far as possible."""
        for name in self.names():
            if self.handle is not None:
                # Its permissions may be missing. Python refuses links in its own way.
                with suppress(OSError, ValueError, NotImplementedError):
                    os.chmod(name, 0o700, dir_fd=self.handle, follow_symlinks=False)
            self.remove_all(name)

    def _at(self, name: str) -> str:
        return str(self.path / name) if self.handle is None else name

    def _open(self, name: str, flags: int, mode: int = 0o777) -> int:
        return os.open(self._at(name), flags, mode, dir_fd=self.handle)


def open_folder(path: Path, make: int | None = None) -> Folder:
    """Opens a folder that the user named. make: its permissions, if it is to be made if missing.

    A link of the user's own, or of the system's, is followed. Raises OSError, also if another user
    made the folder, or one above it, where anyone can make one.
    """
    if make is not None:
        path.mkdir(make, parents=True, exist_ok=True)
    place = path.absolute()
    refuse_others(place)
    place = place.resolve()
    refuse_others(place)
    return Folder(path, os.open(place, _FOLDER) if FROM_HANDLE else None)


def refuse_others(path: Path) -> None:
    """Raises PermissionError if another user made the path, or a folder or link on the way to it,
    in a folder in which anyone can make one.
    """
    if os.name != "posix":
        return
    for place in (path, *path.parents):
        anyone = place.parent.stat().st_mode & stat.S_IWOTH
        if anyone and place.lstat().st_uid not in (0, os.geteuid()):
            raise PermissionError(errno.EPERM, f"another user made {place}")


def replaceable(path: Path) -> bool:
    """Whether anyone can put another folder in its place, or in that of one above it."""
    modes = (above.stat().st_mode for above in path.absolute().resolve().parents)
    return os.name == "posix" and any(m & stat.S_IWOTH and not m & stat.S_ISVTX for m in modes)
