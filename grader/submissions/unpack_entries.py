"""Unpacks the entries of one archive, each into its place in a folder."""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ..common.text import quote, visible
from . import blackboard
from .archive_entries import CHUNK, DAMAGE, ENTRY, ArchiveEntry, Budget, kind_of_archive
from .gradescope_export import METADATA
from .hidden_names import is_hidden, is_never_work
from .student_files import is_code
from .submission import LARGEST, NotUnderstood, code_suffix
from .timestamps import TIMESTAMP

LARGEST_FILE = 64 * 2**20  # bytes of an archive or of metadata in an archive
BLOCK = 2**12  # bytes on disk of a folder, or of a file with one byte
DEEPEST = 40  # folders
MOST_NAMED = 100  # files of an archive that were not unpacked
BAD_NAME = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}  # names that the system can't take
EMPTY_FOLDER = "an empty folder"


def why_refused(entry: ArchiveEntry) -> str:
    """Why an entry must not be unpacked, whatever is in it; "" if it may."""
    name = entry.name
    drive = name[1:2] == ":" and name[:1].isalpha()
    parts = name.split("/")
    if entry.refused:
        return entry.refused
    if name.startswith("/") or "\\" in name or "\0" in name or drive or ".." in parts:
        return "its name in the archive leads out of the folder, so it was not unpacked"
    if not PurePosixPath(name).parts:
        return "" if entry.is_folder else "it has no name in the archive"
    if len(parts) > DEEPEST:
        return f"it lies more than {DEEPEST} folders deep, so it was not unpacked"
    return ""


def unread_part(entry: ArchiveEntry) -> PurePosixPath | None:
    """The first part of its path that is never read, if there is one."""
    parts = PurePosixPath(entry.name).parts
    for count, part in enumerate(parts, 1):
        if is_hidden(part) or is_never_work(part):
            return PurePosixPath(*parts[:count])
    return None


def largest(place: PurePosixPath) -> int:
    """How many bytes the grader reads at most of a file of this name. -1: it never reads it."""
    if kind_of_archive(place) or place.name == METADATA:
        return LARGEST_FILE
    if is_code(place) or place.name == TIMESTAMP or blackboard.is_text(place.name):
        return LARGEST.get(code_suffix(place), LARGEST[".py"])
    return -1


def blocks(size: int) -> int:
    """The bytes on disk of a file of so many bytes."""
    return -(-size // BLOCK) * BLOCK


class Unpacking:
    """Unpacks entries to a folder, within a budget.

    count: how many came.
    """

    def __init__(self, top: Path, budget: Budget):
        self._top, self._budget, self.count = top, budget, 0
        self._folders = {PurePosixPath()}  # that were made
        self._empty: set[PurePosixPath] = set()  # those without a file are
        self._hidden: set[PurePosixPath] = set()
        self._refused: list[tuple[str, str]] = []
        self._more = 0

    def add(self, entry: ArchiveEntry) -> None:
        """Unpacks an entry, or keeps why it was not unpacked. Raises TooMuch, TooMany, OSError."""
        self.count += 1
        self._budget.take(work=ENTRY)
        place = PurePosixPath(entry.name)
        why = why_refused(entry)
        part = unread_part(entry)
        if why:
            pass
        elif part:
            if not is_never_work(part.name):
                self._make_empty(part)
        elif entry.is_folder:
            self._empty.add(place)
        else:
            why = self._unpack(entry, place)
        if why:
            self.refuse(entry.name, why)

    def refuse(self, name: str, why: str) -> None:
        """Keeps why an entry was not unpacked. name: "" for the archive itself."""
        if len(self._refused) < MOST_NAMED or not name:
            self._refused.append((name, why))
        else:
            self._more += 1

    def not_understood(self, where: Path) -> Iterator[NotUnderstood]:
        """What was not unpacked, also folders without a file. where: the archive."""
        for folder in sorted({self._topmost(folder) for folder in self._empty - self._folders}):
            self.refuse(str(folder), EMPTY_FOLDER)
        for name, why in self._refused:
            path = Path(f"{where}/{quote(name, 200)}") if name else where
            yield NotUnderstood(path, why, work=why != EMPTY_FOLDER)
        if self._more:
            yield NotUnderstood(where, f"{self._more:,} more files in it were not unpacked")

    def _topmost(self, folder: PurePosixPath) -> PurePosixPath:
        """The first folder on the way to one without files that has none either."""
        way = (*reversed(folder.parents), folder)
        return next(place for place in way if place not in self._folders)

    def _make_empty(self, place: PurePosixPath) -> None:
        """A name that is listed and never read."""
        if place not in self._hidden:
            self._hidden.add(place)
            self._budget.take(entries=1)
            with suppress(OSError, ValueError):
                self._make_folders(place)
                (self._top / place).touch()

    def _make_folders(self, place: PurePosixPath) -> None:
        """The folders that a file lies in."""
        for folder in reversed(place.parents):
            if folder not in self._folders:
                self._budget.take(entries=1, bytes=BLOCK, work=ENTRY)
                (self._top / folder).mkdir(exist_ok=True)
                self._folders.add(folder)

    def _unpack(self, entry: ArchiveEntry, place: PurePosixPath) -> str:
        """Why a file could not be unpacked, or ""."""
        target = self._top / place
        whole = True
        self._budget.take(entries=1)
        try:
            self._make_folders(place)
            with open(target, "xb") as file:  # "x": never into a file that is there
                if largest(place) >= 0:
                    whole = self._copy(entry, file, largest(place))
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            return "the archive has another file or folder of this name, which was unpacked"
        except DAMAGE as error:  # UnicodeEncodeError is one of them
            if isinstance(error, UnicodeEncodeError):
                return "its name can't be written here, so it was not unpacked"
            target.unlink(missing_ok=True)
            return f"it is damaged ({visible(str(error))}); hand it in again"
        except OSError as error:
            if error.errno not in BAD_NAME:
                raise
            return "its name can't be written here, so it was not unpacked"
        if not whole and not is_code(target):
            target.unlink()
            return f"it has more than {largest(place) // 2**20} MiB, so it was not unpacked"
        with suppress(OverflowError, ValueError, OSError):  # no time that a file can have
            if entry.when is not None:
                os.utime(target, (entry.when, entry.when))
        return ""

    def _copy(self, entry: ArchiveEntry, file: BinaryIO, most: int) -> bool:
        """Writes the bytes of a file. Returns whether it has at most so many. If not, it gets one
        byte more than that, so that reading it says what is wrong with it, and takes no room.
        """
        taken = 0
        if entry.size <= most:
            with entry.read() as source:
                # Counts the bytes that come out: the size in the archive may be wrong.
                while chunk := source.read(min(CHUNK, most + 1 - taken)):
                    more = blocks(taken + len(chunk)) - blocks(taken)
                    self._budget.take(bytes=more, work=len(chunk))
                    taken += len(chunk)
                    if taken > most:
                        break
                    file.write(chunk)
                else:
                    return True
        file.seek(0)
        file.truncate(0)
        file.truncate(most + 1)
        self._budget.bytes += blocks(taken)
        return False
