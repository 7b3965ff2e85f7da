"""Unpacks one archive to a folder: nothing lands outside of it, or takes more room than it may."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..common.errors import ArchiveError
from ..common.text import quote, visible
from . import blackboard
from .archive_entries import CHUNK, DAMAGE, ArchiveEntry, TooMany, kind_of_archive
from .gradescope_export import METADATA
from .student_files import is_code
from .submission import NotUnderstood, original
from .tar_entries import open_tar
from .timestamps import TIMESTAMP
from .zip_entries import open_zip

LARGEST_FILE = 64 * 2**20  # bytes
DEEPEST = 40  # folders
MOST_NAMED = 100  # files of an archive that were not unpacked
BAD_NAME = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}  # names that the system can't take
BY_HAND = "Unpack it yourself and name the folder."


@dataclass
class Budget:
    """How much may still be unpacked.

    entries: files and folders. waste: bytes of archives that turn out to have too much in them,
    which don't count as long as this lasts.
    """

    bytes: int
    entries: int
    waste: int = 0


class _TooMuch(Exception):
    """An archive has more in it than may be unpacked."""


def unpack(path: Path, folder: Path, budget: Budget) -> tuple[list[NotUnderstood], str]:
    """Unpacks an archive to an empty folder. Returns what was refused; and a choice, or "".

    A file that the grader never reads keeps its name, and comes out empty. Raises
    ArchiveError.
    """
    refused = []
    where = original(path)
    name = visible(str(where))
    kind = kind_of_archive(path)
    entries_left, count, passed = budget.entries, 0, 0
    try:
        with _open(path, budget.entries) as (entries, page):
            for entry in entries:
                count += 1
                why = entry.refused or _why_refused(entry)
                if not why and not _is_hidden(entry):
                    why, taken = _unpack_entry(entry, folder, budget.bytes)
                    budget.bytes -= taken
                    if budget.bytes < 0:
                        raise _TooMuch
                if why:
                    passed += 1
                if why and passed <= MOST_NAMED:
                    path_in = Path(f"{where}/{quote(entry.name, 200)}")
                    refused.append(NotUnderstood(path_in, why))
    except TooMany as error:
        raise ArchiveError(
            f"{name} has more than {entries_left:,} files in it, which is the limit. {BY_HAND}"
        ) from error
    except _TooMuch as error:
        raise ArchiveError(f"{name} has too much code in it to unpack. {BY_HAND}") from error
    except DAMAGE as error:
        if not count:
            why = visible(str(error))
            raise ArchiveError(f"{name} is damaged or no {kind} ({why}). Download it again.") from (
                error
            )
        # What came before the damage counts.
        why = f"it is damaged after {count:,} files ({visible(str(error))}): the rest is missing"
        refused.append(NotUnderstood(where, why))
    except OSError as error:
        raise ArchiveError(f"{name} could not be unpacked: {error.strerror or error}.") from error
    budget.entries -= count
    if passed > MOST_NAMED:
        why = f"{passed - MOST_NAMED:,} more files in it were not unpacked"
        refused.append(NotUnderstood(where, why))
    if not page:
        return refused, ""
    return refused, (
        f"{name}: its names are not in UTF-8. They were read in the code page {page}; if they look "
        "wrong, unpack it yourself."
    )


@contextmanager
def _open(path: Path, most: int) -> Iterator[tuple[Iterable[ArchiveEntry], str]]:
    """The entries of an archive; and the code page of their names, "" if it is sure."""
    if kind_of_archive(path) == "zip":
        with open_zip(path, most) as (entries, page):
            yield entries, page
    else:
        with open_tar(path, most) as read:
            yield read, ""


def _is_hidden(entry: ArchiveEntry) -> bool:
    """Whether it is a file of a system or a tool, which no listing shows either."""
    parts = PurePosixPath(entry.name).parts
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _is_read(path: Path) -> bool:
    """Whether the grader reads such a file, by its name."""
    of_system = path.name in (METADATA, TIMESTAMP) or blackboard.is_text(path.name)
    return is_code(path) or of_system or kind_of_archive(path) != ""


def _why_refused(entry: ArchiveEntry) -> str:
    """Why an entry must not be unpacked, whatever is in it; "" if it may."""
    name = entry.name
    drive = name[1:2] == ":" and name[:1].isalpha()
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or "\0" in name or drive or ".." in parts:
        return "its name in the archive leads out of the folder, so it was not unpacked"
    if not PurePosixPath(name).parts:
        return "" if entry.is_folder else "it has no name in the archive"
    if len(parts) > DEEPEST:
        return f"it lies more than {DEEPEST} folders deep, so it was not unpacked"
    return ""


def _unpack_entry(entry: ArchiveEntry, folder: Path, left: int) -> tuple[str, int]:
    """Why it could not be unpacked, or ""; and how many bytes it took."""
    target = folder / PurePosixPath(entry.name)
    taken = 0
    try:
        if entry.is_folder:
            target.mkdir(parents=True, exist_ok=True)
            return "", 0
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "xb") as file:  # "x": never into a file that is there
            if _is_read(target):
                with entry.read() as source:
                    # Counts the bytes that come out: the sizes in the archive may be wrong.
                    most = min(LARGEST_FILE, max(left, 0))
                    while chunk := source.read(min(CHUNK, most - taken + 1)):
                        taken += len(chunk)
                        if taken > most:
                            break
                        file.write(chunk)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        return "the archive has another file or folder of this name, which was unpacked", 0
    except DAMAGE as error:  # UnicodeEncodeError is one of them
        if isinstance(error, UnicodeEncodeError):
            return "its name can't be written here, so it was not unpacked", 0
        target.unlink(missing_ok=True)
        return f"it is damaged ({visible(str(error))}); hand it in again", taken
    except OSError as error:
        if error.errno not in BAD_NAME:
            raise
        return "its name can't be written here, so it was not unpacked", 0
    if taken > LARGEST_FILE:
        target.unlink()
        return f"it has more than {LARGEST_FILE // 2**20} MiB, so it was not unpacked", taken
    with suppress(OverflowError, ValueError, OSError):  # no time that a file can have
        if entry.when is not None:
            os.utime(target, (entry.when, entry.when))
    return "", taken
