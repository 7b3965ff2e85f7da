"""Unpacks one archive to a folder: nothing lands outside of it, or takes more room than it may."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ..common.errors import ArchiveError
from ..common.text import visible
from .archive_entries import DAMAGE, LOOK, ArchiveEntry, Budget, TooMany, TooMuch, kind_of_archive
from .submission import NotUnderstood, original
from .tar_entries import open_tar
from .unpack_entries import BLOCK, Unpacking, blocks, largest, unread_part, why_refused
from .zip_entries import open_zip

BY_HAND = "Unpack it yourself and name the folder."


def unpack(path: Path, folder: Path, budget: Budget) -> tuple[list[NotUnderstood], str]:
    """Unpacks an archive to an empty folder. Returns what was refused; and a choice, or "".

    A file that the grader never reads keeps its name, and comes out empty. So does a file of code
    that is too large, with a size that says so and takes no room. Folders come with the files in
    them. Raises ArchiveError.
    """
    where = original(path)
    name = visible(str(where))
    kind = kind_of_archive(path)
    most = budget.entries
    unpacking = Unpacking(folder, budget)
    page = ""
    try:
        with _open(path, budget) as (entries, page):
            for entry in entries:
                unpacking.add(entry)
    except TooMany as error:
        raise ArchiveError(
            f"{name} has more than {most:,} files and folders in it, which is the limit. {BY_HAND}"
        ) from error
    except TooMuch as error:
        raise ArchiveError(f"{name} has too much in it to unpack. {BY_HAND}") from error
    except DAMAGE as error:
        if not unpacking.count:
            why = visible(str(error))
            raise ArchiveError(f"{name} is damaged or no {kind} ({why}). Download it again.") from (
                error
            )
        # What came before the damage counts.
        count = f"{unpacking.count:,} files"
        why = f"it is damaged after {count} ({visible(str(error))}): the rest is missing"
        unpacking.refuse("", why)
    except OSError as error:
        raise ArchiveError(f"{name} could not be unpacked: {error.strerror or error}.") from error
    refused = list(unpacking.not_understood(where))
    if not page:
        return refused, ""
    return refused, (
        f"{name}: its names are not in UTF-8. They were read in the code page {page}; if they look "
        "wrong, unpack it yourself."
    )


@contextmanager
def _open(path: Path, budget: Budget) -> Iterator[tuple[Iterable[ArchiveEntry], str]]:
    """The entries of an archive; and the code page of their names, "" if it is sure.

    Raises TooMuch and TooMany, and for a zip before anything is unpacked.
    """
    if kind_of_archive(path) == "zip":
        budget.take(work=path.stat().st_size)
        with open_zip(path, budget) as (entries, page):
            _check_directory(entries, budget)
            yield entries, page
    else:
        with open_tar(path, budget) as read:
            yield read, ""


def _check_directory(entries: Sequence[ArchiveEntry], budget: Budget) -> None:
    """Raises TooMuch or TooMany if that is to be seen from the names and sizes alone."""
    left = replace(budget)
    folders = {PurePosixPath()}
    for entry in entries:
        if not (entry.is_folder or why_refused(entry) or unread_part(entry)):
            place = PurePosixPath(entry.name)
            new = _add_parents(place, folders)
            budget.take(work=new * LOOK)
            left.take(entries=1 + new, bytes=new * BLOCK + _room_for(entry, place))


def _add_parents(place: PurePosixPath, folders: set[PurePosixPath]) -> int:
    """Adds the folders that a file lies in, and returns how many are new."""
    before = len(folders)
    for folder in place.parents:
        if folder in folders:
            break
        folders.add(folder)
    return len(folders) - before


def _room_for(entry: ArchiveEntry, place: PurePosixPath) -> int:
    """The bytes that an entry will take, if its size is right."""
    return blocks(entry.size) if largest(place) >= entry.size else 0
