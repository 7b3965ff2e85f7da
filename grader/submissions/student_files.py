"""Lists folders, and collects one student's files of code."""

import os
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePath

from ..common.text import quote, visible
from .hidden_names import HIDDEN, INSTALLED, LIBRARIES, NEVER_WORK, is_hidden, is_never_work
from .submission import (
    NOTHING_SAID,
    HandedIn,
    Identity,
    NotUnderstood,
    code_stem,
    code_suffix,
    original,
)

NEVER_STUDENTS = {"__pycache__", "__MACOSX"}
SKIPPED_FOLDERS = LIBRARIES | NEVER_WORK
DEEPEST = 6  # folders below the student's
MOST_NAMED = 3  # files in a remark
MOST_LEFT_OUT = 20  # of one student, that are named
LEAST_COUNTED = 2**14  # bytes
MOST_TO_TELL_APART = 2**26  # bytes of a folder that are read to tell students apart
MOST_VISITED = 20_000  # files and folders of one student
ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip")  # that are unpacked
OTHER_ARCHIVES = (".rar", ".7z", ".gz", ".bz2", ".xz", ".zst", ".tbz2", ".txz", ".z")
OTHER_ARCHIVE = "an archive that is not unpacked: unpack it, or ask for a .zip or .tar.gz"


@dataclass(frozen=True)
class CodeFile:
    """A file of code.

    stem: the name that its student gave it, without the suffix.
    handed_in: what the learning system says about its order and time: a file of a higher order was
        handed in later, whatever the files' times are.
    """

    path: Path
    stem: str
    handed_in: HandedIn = NOTHING_SAID


@dataclass
class StudentFiles:
    """The files of one student, or of a group that hands in together.

    path: their folder, or the one file that was named. If `shared`, the folder also holds files of
        others, and each file that is not graded gets an explanation of its own.
    remarks: what was not searched, and why.
    identities: by the student, what else the source says about them. others: what isn't code.
    left_out: what has a name that is not read.
    """

    students: tuple[str, ...]
    path: Path
    files: list[CodeFile]
    remarks: list[str] = field(default_factory=list)
    shared: bool = False
    identities: Mapping[str, Identity] = field(default_factory=dict)
    others: list[Path] = field(default_factory=list)
    left_out: list[NotUnderstood] = field(default_factory=list)

    @property
    def no_work(self) -> bool:
        """Whether there is nothing but pages that a learning system writes."""
        return not self.files and not self.left_out and all(map(is_page, self.others))

    @property
    def all_remarks(self) -> list[str]:
        """The remarks; archives of a kind that is not read; and how much more was left out."""
        more = len(self.left_out) - MOST_LEFT_OUT
        left_out = [f"{more:,} more files and folders were not read: {HIDDEN}"] if more > 0 else []
        packed = [path for path in self.others if path.name.lower().endswith(OTHER_ARCHIVES)]
        archives = (f"{quote(path.name)}: {OTHER_ARCHIVE}" for path in packed[:MOST_NAMED])
        return [*self.remarks, *archives, *left_out]

    @property
    def shown_others(self) -> str:
        """The names of what isn't code."""
        names = ", ".join(quote(path.name) for path in self.others[:MOST_NAMED])
        return names + ", …" * (len(self.others) > MOST_NAMED)

    @property
    def one_file(self) -> bool:
        """Whether this is a single file, and no folder of the student's own."""
        return len(self.files) == 1 and (self.shared or self.files[0].path == self.path)


@dataclass(frozen=True)
class Listing:
    """What a folder holds, sorted by name. A link counts as a file. `error`: why it is empty.

    left_out: what has a name that is not read, unless a tool gave the name.
    """

    folders: list[Path]
    files: list[Path]
    error: str = ""
    left_out: list[NotUnderstood] = field(default_factory=list)


@dataclass(frozen=True)
class Folders:
    """Lists folders, with a folder in place of each archive that was unpacked.

    unpacked: the folder of each archive, None if it could not be unpacked, which is explained
    elsewhere.
    """

    unpacked: Mapping[Path, Path | None] = field(default_factory=dict)

    def list(self, folder: Path, skipped: AbstractSet[str] = NEVER_STUDENTS) -> Listing:
        """Lists a folder, without hidden and skipped names."""
        listing = list_folder(folder, skipped)
        archives = [path for path in listing.files if path in self.unpacked]
        if not archives:
            return listing
        places = [place for path in archives if (place := self.unpacked[path])]
        return Listing(
            sorted([*listing.folders, *places], key=lambda path: path.name),
            [path for path in listing.files if path not in self.unpacked],
            left_out=listing.left_out,
        )

    @cached_property
    def _archives(self) -> dict[Path, Path]:
        """The archive of each folder that doesn't lie in its place."""
        return {
            place: archive for archive, place in self.unpacked.items() if place and place != archive
        }

    def shown(self, path: Path) -> str:
        """The path as the instructor knows it: in the archive, if it comes from one."""
        for folder in (path, *path.parents):
            if archive := self._archives.get(folder):
                return visible(str(original(archive / path.relative_to(folder))))
        return visible(str(original(path)))


def list_folder(folder: Path, skipped: AbstractSet[str] = NEVER_STUDENTS) -> Listing:
    """Lists a folder, without hidden and skipped names."""
    folders: list[Path] = []
    files: list[Path] = []
    left_out: list[NotUnderstood] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if is_hidden(entry.name):
                    if not is_never_work(entry.name):
                        left_out.append(NotUnderstood(folder / entry.name, HIDDEN))
                    continue
                if entry.name in skipped:
                    if entry.name in LIBRARIES and not is_installed(folder / entry.name):
                        left_out.append(NotUnderstood(folder / entry.name, INSTALLED))
                    continue
                kind = folders if entry.is_dir(follow_symlinks=False) else files
                kind.append(folder / entry.name)
    except OSError as error:
        return Listing([], [], f"it could not be read ({error.strerror})")
    by_name = sorted(left_out, key=lambda item: item.path)
    return Listing(sorted(folders), sorted(files), left_out=by_name)


def is_installed(folder: Path) -> bool:
    """Whether a folder for libraries holds some."""
    return any(os.path.lexists(folder / mark) for mark in ("pyvenv.cfg", "conda-meta"))


def is_folder(path: Path) -> bool:
    """Whether it is a folder itself, and no link to one."""
    return os.path.isdir(path) and not os.path.islink(path)


def is_code(path: PurePath) -> bool:
    """Whether the name is that of a file that can be graded."""
    return code_suffix(path) != ""


def bare_name(name: str) -> str:
    """The name of an archive without its suffix; any other name as it is."""
    suffix = next((end for end in ARCHIVES if name.lower().endswith(end)), "")
    return name[: len(name) - len(suffix)] or name


def plain_name(name: str) -> str:
    """A name as it is shown, whatever system wrote it: macOS takes accents apart."""
    return unicodedata.normalize("NFC", bare_name(name))


def is_page(path: Path) -> bool:
    """Whether it is a web page: learning systems write them for what was typed on their site."""
    return path.suffix.lower() in (".html", ".htm")


def code_files(paths: Iterable[Path]) -> list[CodeFile]:
    """The files of code among the paths, with the names that they have."""
    return [CodeFile(path, code_stem(path)) for path in paths if is_code(path)]


def within(paths: Iterable[Path], most: int) -> Iterator[Path]:
    """The first of the files that have at most so many bytes together. A small one counts as more,
    which bounds their number too.
    """
    for path in paths:
        try:
            most -= max(path.lstat().st_size, LEAST_COUNTED)
        except OSError:  # it is gone; reading it reports that
            continue
        if most < 0:
            return
        yield path


def no_code(path: Path) -> NotUnderstood | None:
    """Explains a path that is no file of code; None if it is one."""
    if is_code(path):
        return None
    if os.path.islink(path):
        return NotUnderstood(path, "a symbolic link, which is not followed")
    if path.name.lower().endswith((*ARCHIVES, *OTHER_ARCHIVES)):
        return NotUnderstood(path, OTHER_ARCHIVE)
    return NotUnderstood(path, "neither a .py nor a .ipynb file")


def collect_files(folder: Path, folders: Folders, students: tuple[str, ...] = ()) -> StudentFiles:
    """Collects the code in a student's folder and the folders in it, the files near the top first.

    students: their names, if not the folder's name.
    """
    found = StudentFiles(students or (plain_name(folder.absolute().name),), folder, [])
    queue = deque([(folder, 0)])
    visited = 0
    while queue:
        here, depth = queue.popleft()
        listing = folders.list(here, SKIPPED_FOLDERS)
        inside = "" if here == folder else quote(str(_below(here, folder)))
        visited += 1 + len(listing.files)
        if listing.error:
            found.remarks.append(f"{inside}: {listing.error}" if inside else listing.error)
        found.files += code_files(listing.files)
        found.others += [path for path in listing.files if not is_code(path)]
        found.left_out += listing.left_out
        if depth < DEEPEST and visited < MOST_VISITED:
            queue.extend((inner, depth + 1) for inner in listing.folders)
        elif listing.folders:
            found.remarks.append(
                f"{inside or 'it'} has more folders in it, which were not searched: hand in the "
                "files in fewer folders"
            )
    return found


def _below(path: Path, folder: Path) -> Path:
    """The path from the folder on; its name if it lies elsewhere, such as an unpacked archive."""
    return path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name)
