"""Lists a zip's entries: names in whatever code page, and why some must not be read."""

import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from .archive_entries import CHUNK, LOOK, ArchiveEntry, Budget, special
from .code_pages import best_page

UNICODE_PATH = 0x7075  # the extra field of a zip's entry with its name in UTF-8
# The code pages of names that aren't UTF-8, by the system that made the zip: Windows' Explorer
# writes that of its country.
DOS, UNIX = ("cp437", "cp850", "cp852", "cp866", "gb2312"), ("cp1252", "cp437")
DOS_SYSTEMS = {0, 10, 11, 14}  # DOS, Windows, and its file systems
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# How zips call their other methods of compression.
METHOD_NAMES = {9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "zstd", 95: "xz", 99: "AES encryption"}


@contextmanager
def open_zip(path: Path, budget: Budget) -> Iterator[tuple[list[ArchiveEntry], str]]:
    """The entries of a zip; and the code page of their names, "" if it is sure.

    Raises TooMuch if there are more than there is work left for, and what is in DAMAGE.
    """
    budget.take(work=LOOK * _count_entries(path))
    with zipfile.ZipFile(path) as archive:
        yield _entries(archive)


def _count_entries(path: Path) -> int:
    """At least the number of a zip's entries, before zipfile makes an object of each."""
    mark = b"PK\1\2"  # each entry in the table of contents begins so
    count, tail = 0, b""
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            chunk = tail + chunk
            count += chunk.count(mark)
            tail = chunk[-len(mark) + 1 :]
    return count


def _entries(archive: zipfile.ZipFile) -> tuple[list[ArchiveEntry], str]:
    infos = archive.infolist()
    names, page = _names(infos)
    slash = any("/" in name for name in names)
    for place, info in enumerate(infos):
        # No name on Windows has a backslash in it, so it separates there.
        if not slash or info.create_system in DOS_SYSTEMS:
            names[place] = names[place].replace("\\", "/")
    entries = [
        ArchiveEntry(
            name,
            partial(archive.open, info),
            info.file_size,
            name.endswith("/"),
            _time(info.date_time),
            _why_refused(info),
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
    page = best_page(rest.values(), pages)
    for place, data in rest.items():
        names[place] = data.decode(page, "replace")
    return names, page


def _unicode_path(extra: bytes, name: bytes) -> str:
    """The name in the entry's extra field, if it was made for this name."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        data, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == UNICODE_PATH and data[:5] == b"\1" + struct.pack("<L", zlib.crc32(name)):
            return data[5:].decode()
    return ""


def _why_refused(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return special("a symbolic link" if kind == stat.S_IFLNK else "a special file")
    if info.flag_bits & 1:
        return "it is encrypted, so it was not unpacked; hand in a file without a password"
    if info.compress_type not in METHODS:  # others take as much memory as they like
        name = METHOD_NAMES.get(info.compress_type, f"method {info.compress_type}")
        return f"it is compressed by {name}, which is not unpacked; use the usual kind of zip"
    return ""


def _time(date: tuple[int, ...]) -> float | None:
    try:
        return time.mktime((*date, 0, 0, -1))  # type: ignore[arg-type]
    except (OverflowError, ValueError):  # no real date
        return None
