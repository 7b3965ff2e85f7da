"""Unpacks archives of submissions, and archives in those, to a temporary folder.

Nothing lands outside of it or fills the disk. An archive that can't be read stops nobody else's.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ..common.errors import ArchiveError
from ..common.locks import temporary_folder
from ..common.text import quote, visible
from . import blackboard
from .archive_entries import DAMAGE, ArchiveEntry, TooMany, kind_of_archive, list_archive
from .gradescope_export import METADATA
from .student_files import SKIPPED_FOLDERS, bare_name, is_code, is_folder, list_folder
from .submission import NotUnderstood, original

MOST_ENTRIES = 200_000
MOST_BYTES = 4 * 2**30  # unpacked, in one of the named paths
# For an archive in an archive or in a folder, so that one student's leaves room for the others'.
MOST_ENTRIES_INSIDE = 20_000
MOST_BYTES_INSIDE = 64 * 2**20  # or 20 times its own size
LARGEST_FILE = 64 * 2**20  # bytes
DEEPEST = 40  # folders
LEVELS = 3  # of archives in archives
CHUNK = 2**20

BAD_NAME = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}  # names that the system can't take
BY_HAND = "Unpack it yourself and name the folder."


@dataclass
class Opened:
    """Paths with their archives unpacked.

    paths: a folder in place of each archive. refused: what was not unpacked. unpacked: for each
    archive the folder with its content, None if it could not be unpacked. choices: what
    was decided, a sentence each.
    """

    paths: list[Path] = field(default_factory=list)
    refused: list[NotUnderstood] = field(default_factory=list)
    unpacked: dict[Path, Path | None] = field(default_factory=dict)
    choices: list[str] = field(default_factory=list)


@dataclass
class Budget:
    """How much may still be unpacked."""

    bytes: int
    entries: int


class _TooMuch(Exception):
    """An archive has more in it than may be unpacked."""


@contextmanager
def open_archives(paths: Sequence[Path]) -> Iterator[Opened]:
    """The paths with all archives unpacked, also those in folders and in archives.

    Files keep their times. The unpacked folders last as long as the context. Raises ArchiveError if
    all of the paths are archives and none can be read.
    """
    unique = list(dict.fromkeys(paths))
    named = [path for path in unique if kind_of_archive(path) and os.path.isfile(path)]
    with ExitStack() as stack:
        opened = Opened()
        errors = []
        root = Path()
        if named or any(_archives_below(path) for path in unique if is_folder(path)):
            root = stack.enter_context(temporary_folder("zip"))
        for path in unique:
            budget = Budget(MOST_BYTES, MOST_ENTRIES)
            unpacked = []
            if path in named:
                # The archive's name is the student's, if files lie loose in it.
                folder = _new_folder(root, bare_name(path.name))
                try:
                    _unpack(path, folder, budget, opened)
                except ArchiveError as error:
                    errors.append(error)
                    shutil.rmtree(folder, ignore_errors=True)
                    opened.refused.append(NotUnderstood(path, _without_path(error, path)))
                    continue
                opened.paths.append(folder)
                opened.unpacked[path] = folder
                unpacked = _unpack_inside(folder, budget, opened, 2)
            else:
                opened.paths.append(path)
                if root != Path() and is_folder(path):
                    shadow = _new_folder(root, path.absolute().name or "folder")
                    unpacked = _unpack_inside(path, budget, opened, 1, shadow)
            if unpacked:
                names = ", ".join(map(quote, unpacked[:3])) + ", …" * (len(unpacked) > 3)
                opened.choices.append(
                    f"{visible(str(path))}: archives in it were unpacked: {len(unpacked):,} "
                    f"({names})."
                )
        if errors and not opened.paths:
            raise errors[0]
        yield opened


def _without_path(error: ArchiveError, path: Path) -> str:
    return str(error).removeprefix(f"{visible(str(path))} ")


def _new_folder(root: Path, name: str) -> Path:
    folder = root / name
    while folder.exists():  # from an archive of the same name elsewhere
        folder = folder.with_name(f"{folder.name}~")
    folder.mkdir()
    return folder


def _archives_below(top: Path) -> list[Path]:
    """The archives in a folder and the folders in it, sorted by path."""
    found: list[Path] = []
    folders, visited = [(top, 0)], 0
    while folders and visited < MOST_ENTRIES:
        folder, depth = folders.pop()
        listing = list_folder(folder, SKIPPED_FOLDERS)
        visited += 1 + len(listing.files)
        found += [f for f in listing.files if kind_of_archive(f) and not os.path.islink(f)]
        if depth < DEEPEST:
            folders += [(inner, depth + 1) for inner in listing.folders]
    return sorted(found)


def _unpack_inside(
    top: Path, budget: Budget, opened: Opened, level: int, shadow: Path | None = None
) -> list[str]:
    """Unpacks the archives below a folder, and those in them. Returns the names of all.

    shadow: where to unpack them, if not in their own place.
    """
    done = []
    for archive in _archives_below(top):
        target = shadow / archive.relative_to(top) if shadow else archive
        why, part = _unpack_one_inside(archive, target, budget, opened, level)
        opened.unpacked[archive] = None if why else target
        if why:
            opened.refused.append(NotUnderstood(original(archive), why))
        else:
            done += [archive.name, *_unpack_inside(target, part, opened, level + 1)]
    return done


def _unpack_one_inside(
    archive: Path, target: Path, budget: Budget, opened: Opened, level: int
) -> tuple[str, Budget]:
    """Why an archive in a folder was not unpacked, or ""; and what is left for those in it."""
    size = archive.stat().st_size
    part = Budget(
        min(budget.bytes, max(MOST_BYTES_INSIDE, 20 * size)),
        min(budget.entries, MOST_ENTRIES_INSIDE),
    )
    if level > LEVELS:
        return f"an archive more than {LEVELS} archives deep, which is not unpacked", part
    before = Budget(part.bytes, part.entries)
    target.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        _unpack(archive, new, part, opened)
    except ArchiveError as error:
        shutil.rmtree(new, ignore_errors=True)
        return _without_path(error, original(archive)), before
    if target == archive:
        archive.unlink()  # it takes no more room, and its folder takes its place
    new.rename(target)
    budget.bytes -= before.bytes - part.bytes
    budget.entries -= before.entries - part.entries
    return "", part


def _unpack(path: Path, folder: Path, budget: Budget, opened: Opened) -> None:
    """Unpacks an archive to an empty folder. Raises ArchiveError.

    A file that the grader never reads keeps its name, and comes out empty.
    """
    where = original(path)
    name = visible(str(where))
    kind = kind_of_archive(path)
    entries_left, count = budget.entries, 0
    try:
        with list_archive(path, budget.entries) as (entries, page):
            for entry in entries:
                count += 1
                why = entry.refused or _why_refused(entry)
                if not why and not _is_hidden(entry):
                    why, taken = _unpack_entry(entry, folder, budget.bytes)
                    budget.bytes -= taken
                    if budget.bytes < 0:
                        raise _TooMuch
                if why:
                    path_in = Path(f"{where}/{quote(entry.name, 200)}")
                    opened.refused.append(NotUnderstood(path_in, why))
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
        opened.refused.append(NotUnderstood(where, why))
    except OSError as error:
        raise ArchiveError(f"{name} could not be unpacked: {error.strerror or error}.") from error
    budget.entries -= count
    if page:
        opened.choices.append(
            f"{name}: its names are not in UTF-8. They were read in the code page {page}; if they "
            "look wrong, unpack it yourself."
        )


def _is_hidden(entry: ArchiveEntry) -> bool:
    """Whether it is a file of a system or a tool, which no listing shows either."""
    parts = PurePosixPath(entry.name).parts
    return any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _is_read(path: Path) -> bool:
    """Whether the grader reads such a file, by its name."""
    of_system = path.name == METADATA or blackboard.is_text(path.name)
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
                    while chunk := source.read(CHUNK):
                        taken += len(chunk)
                        if taken > min(LARGEST_FILE, left):
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
