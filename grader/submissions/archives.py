"""Unpacks archives of submissions, and archives in those, to a temporary folder.

Nothing lands outside of it or fills the disk. An archive that can't be read stops nobody else's.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..common.errors import ArchiveError
from ..common.locks import temporary_folder
from ..common.text import quote, visible
from .archive_entries import Budget, kind_of_archive
from .student_files import SKIPPED_FOLDERS, bare_name, is_folder, list_folder
from .submission import NotUnderstood, original
from .unpack import unpack

# What one of the named paths may take: of an archive of 64 MiB 50,000 files and 768 MiB.
MOST_ENTRIES, LEAST_ENTRIES = 200_000, 50_000  # files and folders
PER_ENTRY = 2**11  # bytes of a larger archive
MOST_BYTES, LEAST_BYTES, TIMES = 4 * 2**30, 2**29, 12  # on disk: times an archive's own size
LEAST_WORK, WORK_TIMES = 2**32, 64  # bytes that come out of archives, whether they are kept or not
# For an archive in an archive or in a folder, so that one student's leaves room for the others'.
MOST_ENTRIES_INSIDE = 20_000
LEAST_BYTES_INSIDE = 64 * 2**20
LEAST_WORK_INSIDE = 2**29
DEEPEST = 40  # folders
LEVELS = 3  # of archives in archives


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
            budget = _budget(path if path in named else None)
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
                if is_folder(path) and _archives_below(path):
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


def _budget(archive: Path | None) -> Budget:
    """For one of the named paths. archive: the path, if it is an archive."""
    size = archive.stat().st_size if archive else 2**40
    return Budget(
        min(MOST_BYTES, max(LEAST_BYTES, TIMES * size)),
        min(MOST_ENTRIES, max(LEAST_ENTRIES, size // PER_ENTRY)),
        max(LEAST_WORK, WORK_TIMES * size),
    )


def _without_path(error: ArchiveError, path: Path) -> str:
    return "it " + str(error).removeprefix(f"{visible(str(path))} ").removesuffix(".")


def _unpack(path: Path, folder: Path, budget: Budget, opened: Opened) -> None:
    """Unpacks one archive, and keeps what was refused and decided. Raises ArchiveError."""
    refused, choice = unpack(path, folder, budget)
    opened.refused += refused
    opened.choices += [choice] if choice else []


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
        found += [f for f in listing.files if kind_of_archive(f) and _is_file(f)]
        if depth < DEEPEST:
            folders += [(inner, depth + 1) for inner in listing.folders]
    return sorted(found)


def _is_file(path: Path) -> bool:
    """Whether it is a regular file itself: no link, and no pipe to wait for."""
    return os.path.isfile(path) and not os.path.islink(path)


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
        min(budget.bytes, max(LEAST_BYTES_INSIDE, TIMES * size)),
        min(budget.entries, MOST_ENTRIES_INSIDE),
        min(budget.work, max(LEAST_WORK_INSIDE, WORK_TIMES * size)),
    )
    if level > LEVELS:
        return f"an archive more than {LEVELS} archives deep, which is not unpacked", part
    before = replace(part)
    target.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        _unpack(archive, new, part, opened)
    except ArchiveError as error:
        shutil.rmtree(new, ignore_errors=True)
        return _without_path(error, original(archive)), before
    finally:
        budget.work -= before.work - part.work
    if target == archive:
        archive.unlink()  # it takes no more room, and its folder takes its place
    new.rename(target)
    budget.bytes -= before.bytes - part.bytes
    budget.entries -= before.entries - part.entries
    return "", part
