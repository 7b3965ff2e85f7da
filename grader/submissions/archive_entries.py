"""What an archive holds: its entries, to be read in order, before any is unpacked or believed."""

import gzip
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

CHUNK = 2**20
# Bytes that are read in the time that it takes to unpack an entry, and to look at its name.
ENTRY, LOOK = 2**14, 2**12
# What opening or reading a damaged archive raises.
DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, struct.error),
    *(EOFError, ValueError, OverflowError, RuntimeError),
)


class Readable(Protocol):
    """Bytes that are read in order."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class ArchiveEntry:
    """A file or folder in an archive.

    name: its path there, folders separated by /. read: opens its bytes. size: how many they are, as
    the archive says. when: its time, in seconds since 1970, None if it has none. refused: why its
    bytes must not be read.
    """

    name: str
    read: Callable[[], AbstractContextManager[Readable]]
    size: int
    is_folder: bool = False
    when: float | None = None
    refused: str = ""


class TooMany(Exception):
    """An archive has more files and folders in it than may be unpacked."""


class TooMuch(Exception):
    """An archive has more bytes in it than may be unpacked or read."""


@dataclass
class Budget:
    """How much may still be unpacked.

    bytes: on disk. entries: files and folders. work: bytes that come out of archives, whether they
    are kept or not; so a bomb takes no time either.
    """

    bytes: int
    entries: int
    work: int

    def take(self, bytes: int = 0, entries: int = 0, work: int = 0) -> None:
        """Raises TooMuch or TooMany if there is not so much left."""
        self.bytes -= bytes
        self.entries -= entries
        self.work -= work
        if self.bytes < 0 or self.work < 0:
            raise TooMuch
        if self.entries < 0:
            raise TooMany


def kind_of_archive(path: PurePath) -> str:
    """`zip` or `tar` by the file's name, "" if it is neither."""
    name = path.name.lower()
    if name.endswith(".zip"):
        return "zip"
    return "tar" if name.endswith((".tar", ".tar.gz", ".tgz")) else ""


def special(what: str) -> str:
    """Why a link or a special file is refused."""
    return f"{what} in an archive, which is not unpacked; hand in the file itself"
