"""Lists what an archive holds, a zip or a tar, without unpacking or believing it."""

import gzip
import stat
import struct
import tarfile
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

CHUNK = 2**20
MOST_HEADER = 2**16  # bytes between two files of a tar, and names in its global headers
LONGEST_TAR = 4 * 2**30  # bytes, unpacked
MOST_GLOBAL = 100  # names in the global headers of a tar
UNICODE_PATH = 0x7075  # the extra field of a zip's entry with its name in UTF-8
# The code pages of names that aren't UTF-8, by the system that made the zip. The first one counts
# in which every name has letters only.
DOS, UNIX = ("cp437", "cp850"), ("cp1252", "cp437")
DOS_SYSTEMS = {0, 10, 11, 14}  # DOS, Windows, and its file systems
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# What opening or reading a damaged archive raises.
DAMAGE = (
    *(zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, struct.error),
    *(EOFError, ValueError, OverflowError, RuntimeError),
)


# How zips call their other methods of compression.
METHOD_NAMES = {9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "zstd", 95: "xz", 99: "AES encryption"}


class Readable(Protocol):
    """Bytes that are read in order."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class ArchiveEntry:
    """A file or folder in an archive.

    name: its path there, folders separated by /. refused: why its bytes must not be read. when: its
    time, in seconds since 1970, if it has one. read: opens its bytes.
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


@contextmanager
def list_archive(path: Path, most: int) -> Iterator[tuple[Iterator[ArchiveEntry], str]]:
    """The entries, to be read in this order; and the code page of their names, if it is a guess.

    Raises TooMany if there are more than `most`, and what is in DAMAGE.
    """
    if kind_of_archive(path) == "zip":
        with _count_first(path, most), zipfile.ZipFile(path) as archive:
            entries, page = _zip_entries(archive)
            yield iter(entries), page
    else:
        compressed = path.name.lower().endswith("gz")
        with open(path, "rb") as file, gzip.open(file) if compressed else file as plain:
            yield _tar_entries(plain, most), ""


@contextmanager
def _count_first(path: Path, most: int) -> Iterator[None]:
    """Counts a zip's entries before zipfile makes an object of each. Raises TooMany."""
    mark = b"PK\1\2"  # each entry in the table of contents begins so
    count, tail = 0, b""
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            chunk = tail + chunk
            count += chunk.count(mark)
            tail = chunk[-len(mark) + 1 :]
    if count > most:
        raise TooMany
    yield


def _zip_entries(archive: zipfile.ZipFile) -> tuple[list[ArchiveEntry], str]:
    infos = archive.infolist()
    names, page = _names(infos)
    if not any("/" in name for name in names):  # made by a tool of Windows
        names = [name.replace("\\", "/") for name in names]
    entries = [
        ArchiveEntry(
            name,
            partial(archive.open, info),
            name.endswith("/"),
            _time(info.date_time),
            _zip_refuses(info),
        )
        for name, info in zip(names, infos, strict=True)
    ]
    return entries, page


def _names(infos: Sequence[zipfile.ZipInfo]) -> tuple[list[str], str]:
    """The names, and the code page if one had to be guessed.

    UTF-8 if the bytes are, whatever the flag says: the tools of macOS don't set it.
    """
    names, rest = [""] * len(infos), {}
    for place, info in enumerate(infos):
        # As the zip has it: zipfile cuts a name at a null byte, and may change it.
        if info.flag_bits & 0x800:
            names[place] = info.orig_filename
            continue
        data = info.orig_filename.encode("cp437")  # how zipfile read it: gives all bytes back
        try:
            names[place] = _unicode_path(info.extra, data) or data.decode()
        except UnicodeDecodeError:
            rest[place] = data
    if not rest:
        return names, ""
    systems = {infos[place].create_system for place in rest}
    pages = DOS if systems <= DOS_SYSTEMS else UNIX
    fits = (page for page in pages if all(_letters(data, page) for data in rest.values()))
    page = next(fits, "cp437")
    for place, data in rest.items():
        names[place] = data.decode(page)
    return names, page


def _unicode_path(extra: bytes, name: bytes) -> str:
    """The name in the entry's extra field, if it was made for this name."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        data, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and data[:5] == b"\1" + struct.pack("<L", zlib.crc32(name)):
            return data[5:].decode()
    return ""


def _letters(data: bytes, page: str) -> bool:
    """Whether the page has a letter for each byte that isn't ASCII."""
    try:
        text = data.decode(page)
    except UnicodeDecodeError:
        return False
    return all(char.isascii() or unicodedata.category(char)[0] == "L" for char in text)


def _zip_refuses(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return _special("a symbolic link" if kind == stat.S_IFLNK else "a special file")
    if info.flag_bits & 1:
        return "it is encrypted, so it was not unpacked; hand in a file without a password"
    if info.compress_type not in METHODS:  # others take as much memory as they like
        name = METHOD_NAMES.get(info.compress_type, f"method {info.compress_type}")
        return f"it is compressed by {name}, which is not unpacked; use the usual kind of zip"
    return ""


def _special(what: str) -> str:
    return f"{what} in an archive, which is not unpacked; hand in the file itself"


def _time(date: tuple[int, ...]) -> float | None:
    try:
        return time.mktime((*date, 0, 0, -1))  # type: ignore[arg-type]
    except (OverflowError, ValueError):  # no real date
        return None


class _Forward:
    """A file that is only read on, a little at a time: a tar's headers may say any size.

    header: how many bytes of headers were read; the reader sets it back. last: the last of them.
    """

    def __init__(self, file: Readable):
        self._file, self._place, self.header, self.last = file, 0, 0, b""

    def tell(self) -> int:
        return self._place

    def seek(self, place: int) -> int:
        while self._place < place:
            if not self._next(min(place - self._place, CHUNK)):
                break
        return self._place

    def read(self, size: int) -> bytes:
        self.header += size
        if self.header > MOST_HEADER:
            raise tarfile.ReadError("too large a header")
        self.last = self._next(size)
        return self.last

    def read_on(self, size: int) -> bytes:
        """Bytes of a file in it."""
        return self._next(min(size, CHUNK))

    def _next(self, size: int) -> bytes:
        data = self._file.read(size)
        self._place += len(data)
        if self._place > LONGEST_TAR:
            raise tarfile.ReadError(f"it has more than {LONGEST_TAR // 2**30} GiB in it")
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


def _tar_entries(file: Readable, most: int) -> Iterator[ArchiveEntry]:
    plain = _Forward(file)
    with tarfile.open(fileobj=plain, mode="r:", errorlevel=1) as archive:  # type: ignore[call-overload]
        count = 0
        while (info := archive.next()) is not None:
            archive.members = []  # else it keeps all of them
            plain.header = 0
            count += 1
            if count > most:
                raise TooMany
            if len(archive.pax_headers) > MOST_GLOBAL:
                raise tarfile.ReadError("too large a header")
            refused = ""
            if info.issym() or info.islnk():
                refused = _special("a link")
            elif info.issparse() or not (info.isreg() or info.isdir()):
                refused = _special("a special file")
            plain.seek(info.offset_data)
            yield ArchiveEntry(
                info.name + "/" * info.isdir(),
                partial(_TarFile, plain, info.size),
                info.isdir(),
                float(info.mtime),
                refused,
            )
        if plain.last.strip(b"\0"):  # tarfile takes a damaged header for the end
            raise tarfile.ReadError("it ends in a damaged place")
