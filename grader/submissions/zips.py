"""Unpacks zips of submissions to a passing folder: nothing lands outside it, or fills the disk."""

from __future__ import annotations

import errno
import lzma
import os
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from ..common.errors import ArchiveError
from ..common.locks import temporary_folder
from ..common.text import quote, visible
from . import gradescope_export
from .student_files import list_folder
from .submission import SUFFIXES, NotUnderstood

MOST_ENTRIES = 200_000
MOST_BYTES = 4 * 2**30  # unpacked, in one zip
LARGEST_FILE = 64 * 2**20  # bytes
DEEPEST = 40  # folders
CHUNK = 2**20

# What opening a damaged zip, or reading it, raises.
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, ValueError, OverflowError),
)
# What the system says of a name that it can't take.
UNWRITABLE = {
    *(errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ),
    *(errno.EEXIST, errno.ENOTDIR, errno.EISDIR),
}


def is_zip(path: Path) -> bool:
    """Whether it is a file that is called a zip."""
    return path.suffix.lower() == ".zip" and os.path.isfile(path)


@contextmanager
def open_zips(paths: Sequence[Path]) -> Iterator[tuple[list[Path], list[NotUnderstood]]]:
    """The paths, with a folder in place of each zip; and what of the zips was not unpacked.

    Where a zip holds one folder and nothing else, that folder stands for it. Files keep the times
    that they have in the zip. The folders last as long as the context. Raises ArchiveError.
    """
    if not any(map(is_zip, paths)):
        yield [*paths], []
        return
    with temporary_folder("zip") as root:
        opened: list[Path] = []
        refused: list[NotUnderstood] = []
        for path in dict.fromkeys(paths):
            if not is_zip(path):
                opened.append(path)
                continue
            # Files that lie loose in a zip are those of one student, whom the zip is named after.
            folder = Path(root, path.stem)
            while folder.exists():  # from a zip of the same name elsewhere
                folder = folder.with_name(f"{folder.name}~")
            folder.mkdir()
            refused += unpack(path, folder)
            look = list_folder(folder)
            only = len(look.folders) == 1 and not look.files
            opened.append(look.folders[0] if only else folder)
        yield opened, refused


def unpack(path: Path, folder: Path) -> list[NotUnderstood]:
    """Unpacks a zip to a folder that is empty, and says what was left out. Raises ArchiveError.

    Files that are never read come out empty, for their names.
    """
    refused: list[NotUnderstood] = []
    budget = MOST_BYTES
    name = visible(str(path))
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise ArchiveError(
                    f"{name} has {len(entries):,} files in it, and {MOST_ENTRIES:,} is the most "
                    "that is unpacked. Unpack it yourself and name the folder."
                )
            for entry in entries:
                why = _why_not(entry)
                if entry.flag_bits & 1 and not why:
                    raise ArchiveError(
                        f"{name} is encrypted. Unpack it yourself and name the folder."
                    )
                if not why:
                    why, taken = _unpack_one(archive, entry, folder, budget)
                    budget -= taken
                if budget < 0:
                    raise ArchiveError(
                        f"{name} has more than {MOST_BYTES // 2**30} GiB of code in it. Unpack it "
                        "yourself and name the folder."
                    )
                if why:
                    refused.append(NotUnderstood(Path(f"{path}/{quote(entry.filename, 200)}"), why))
    except ArchiveError:
        raise
    except DAMAGE as error:
        raise ArchiveError(f"{name} is damaged or no zip ({error}). Fetch it again.") from error
    except (NotImplementedError, RuntimeError) as error:  # a way to compress that Python lacks
        raise ArchiveError(f"{name} can't be unpacked ({error}). Unpack it yourself.") from error
    except OSError as error:
        raise ArchiveError(f"{name} could not be unpacked: {error.strerror or error}.") from error
    return refused


def _why_not(entry: zipfile.ZipInfo) -> str:
    """Why an entry is not to be unpacked, whatever is in it; "" where it is."""
    # As it is written in the zip: zipfile cuts a name short where it has a null byte.
    name = entry.orig_filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        what = "a symbolic link" if kind == stat.S_IFLNK else "a special file"
        return f"{what} in a zip, which is not unpacked; hand in the file itself"
    drive = name[1:2] == ":" and name[:1].isalpha()
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or "\0" in name or drive or ".." in parts:
        return "its name in the zip leads out of the folder, so it was not unpacked"
    if not PurePosixPath(name).parts:
        return "it has no name in the zip"
    if len(parts) > DEEPEST:
        return f"it lies more than {DEEPEST} folders deep, so it was not unpacked"
    return ""


def _unpack_one(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, budget: int
) -> tuple[str, int]:
    """Why it could not be unpacked, else ""; and how many bytes it took."""
    target = folder / PurePosixPath(entry.orig_filename)
    try:
        if entry.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            return "", 0
        target.parent.mkdir(parents=True, exist_ok=True)
        # "x": never into what is there, be it a file of the same name.
        with open(target, "xb") as file:
            taken = 0
            if target.suffix.lower() in SUFFIXES or target.name == gradescope_export.METADATA:
                with archive.open(entry) as source:
                    # What comes out counts: what the zip says of sizes is not believed.
                    while chunk := source.read(CHUNK):
                        taken += len(chunk)
                        if taken > min(LARGEST_FILE, budget):
                            break
                        file.write(chunk)
    except UnicodeEncodeError:
        return "its name can't be written here, so it was not unpacked", 0
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        if isinstance(error, FileExistsError | NotADirectoryError | IsADirectoryError):
            return "the zip has another file or folder of this name, which was unpacked", 0
        return "its name can't be written here, so it was not unpacked", 0
    if taken > LARGEST_FILE:
        target.unlink()
        return f"it has more than {LARGEST_FILE // 2**20} MiB, so it was not unpacked", taken
    with suppress(OverflowError, ValueError, OSError):  # a date that is none
        when = time.mktime((*entry.date_time, 0, 0, -1))
        os.utime(target, (when, when))
    return "", taken
