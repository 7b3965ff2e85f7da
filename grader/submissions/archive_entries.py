"""What an archive holds: its entries, to be read in order, before any is unpacked or believed."""

import gzip
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CHUNK = 2**20
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

    name: its path there, folders separated by /. read: opens its bytes. when: its time, in seconds
    since 1970, None if it has none. refused: why its bytes must not be read.
    """

    name: str
    read: Callable[[], AbstractContextManager[Readable]]
    is_folder: bool = False
    when: float | None = None
    refused: str = ""


class TooMany(Exception):
    """An archive has more entries than are allowed."""


def kind_of_archive(path: Path) -> str:
    """`zip` or `tar` by the file's name, "" if it is neither."""
    name = path.name.lower()
    if name.endswith(".zip"):
        return "zip"
    return "tar" if name.endswith((".tar", ".tar.gz", ".tgz")) else ""


def special(what: str) -> str:
    """Why a link or a special file is refused."""
    return f"{what} in an archive, which is not unpacked; hand in the file itself"
