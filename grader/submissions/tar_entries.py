"""Lists a tar's entries, reading on only: its headers may say any size."""

import gzip
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from .archive_entries import CHUNK, ArchiveEntry, Budget, Readable, special

MOST_HEADER = 2**16  # bytes between two files
MOST_GLOBAL = 100  # names in the global headers


@contextmanager
def open_tar(path: Path, budget: Budget) -> Iterator[Iterator[ArchiveEntry]]:
    """The entries of a tar, compressed by gzip or not. Each must be read before the next.

    What is between the files, and what is passed over, is work. Raises TooMuch, and what is in
    DAMAGE, also while they are read.
    """
    compressed = path.name.lower().endswith("gz")
    with open(path, "rb") as file, gzip.open(file) if compressed else file as plain:
        yield _entries(plain, budget)


class _Forward:
    """A file that is only read on, a little at a time: a tar's headers may say any size.

    header: how many bytes of headers were read; the reader sets it back. last: the last of them.
    """

    def __init__(self, file: Readable, budget: Budget):
        self._file, self._place, self.header, self.last = file, 0, 0, b""
        self._budget = budget

    def tell(self) -> int:
        return self._place

    def seek(self, place: int) -> int:
        while self._place < place:
            passed = self._next(min(place - self._place, CHUNK))
            self._budget.take(work=len(passed))
            if not passed:
                break
        return self._place

    def read(self, size: int) -> bytes:
        self.header += size
        if self.header > MOST_HEADER:
            raise tarfile.ReadError("too large a header")
        self.last = self._next(size)
        self._budget.take(work=len(self.last))
        return self.last

    def read_on(self, size: int) -> bytes:
        """Bytes of a file in it."""
        return self._next(min(size, CHUNK))

    def _next(self, size: int) -> bytes:
        data = self._file.read(size)
        self._place += len(data)
        return data


class _TarFile:
    """The bytes of a file in a tar, which are read once and in order."""

    def __init__(self, tar: _Forward, size: int):
        self._tar, self._left = tar, size

    def __enter__(self) -> "_TarFile":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, size: int) -> bytes:
        data = self._tar.read_on(min(size, self._left))
        if not data and self._left:
            raise tarfile.ReadError("it ends too early")
        self._left -= len(data)
        return data


def _entries(file: Readable, budget: Budget) -> Iterator[ArchiveEntry]:
    plain = _Forward(file, budget)
    with tarfile.open(fileobj=plain, mode="r:", errorlevel=1) as archive:  # type: ignore[call-overload]
        while (info := archive.next()) is not None:
            archive.members = []  # else it keeps all of them
            plain.header = 0
            if info.size < 0:
                raise tarfile.ReadError("a negative size")
            if len(archive.pax_headers) > MOST_GLOBAL:
                raise tarfile.ReadError("too large a header")
            refused = ""
            if info.issym() or info.islnk():
                refused = special("a link")
            elif info.issparse() or not (info.isreg() or info.isdir()):
                refused = special("a special file")
            plain.seek(info.offset_data)
            yield ArchiveEntry(
                info.name + "/" * info.isdir(),
                partial(_TarFile, plain, info.size),
                info.size,
                info.isdir(),
                float(info.mtime),
                refused,
            )
        if plain.last.strip(b"\0"):  # tarfile takes a damaged header for the end
            raise tarfile.ReadError("it ends in a damaged place")
