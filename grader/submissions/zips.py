"""Unpacks zips of submissions to a temporary folder: nothing lands outside it or fills the disk."""

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
from .gradescope_export import METADATA
from .student_files import is_code, list_folder
from .submission import NotUnderstood

MOST_ENTRIES = 200_000
MOST_BYTES = 4 * 2**30  # unpacked, in one zip
LARGEST_FILE = 64 * 2**20  # bytes
DEEPEST = 40  # folders
CHUNK = 2**20

# What opening or reading a damaged zip raises.
DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, ValueError, OverflowError),
)
BAD_NAME = {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}  # names that the system can't take
BY_HAND = "Unpack it yourself and name the folder."


def is_zip(path: Path) -> bool:
    """Whether it is a file with the name of a zip."""
    return path.suffix.lower() == ".zip" and os.path.isfile(path)


@contextmanager
def open_zips(paths: Sequence[Path]) -> Iterator[tuple[list[Path], list[NotUnderstood]]]:
    """The paths, with a folder in place of each zip; and what in the zips was not unpacked.

    If a zip holds one folder and nothing else, that folder takes its place. Files keep their times.
    The folders last as long as the context. Raises ArchiveError.
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
            # The zip's name is the student's, if files lie loose in it.
            folder = Path(root, path.stem)
            while folder.exists():  # from a zip of the same name elsewhere
                folder = folder.with_name(f"{folder.name}~")
            folder.mkdir()
            refused += unpack(path, folder)
            listing = list_folder(folder)
            only = len(listing.folders) == 1 and not listing.files
            opened.append(listing.folders[0] if only else folder)
        yield opened, refused


def unpack(path: Path, folder: Path) -> list[NotUnderstood]:
    """Unpacks a zip to an empty folder, and returns what was left out. Raises ArchiveError.

    A file that the grader never reads keeps its name, and comes out empty.
    """
    refused: list[NotUnderstood] = []
    left = MOST_BYTES
    name = visible(str(path))
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise ArchiveError(
                    f"{name} has {len(entries):,} files in it, and the limit is {MOST_ENTRIES:,}. "
                    + BY_HAND
                )
            for entry in entries:
                why = _why_refused(entry)
                if not why:
                    why, taken = _unpack_one(archive, entry, folder, left)
                    left -= taken
                if left < 0:
                    most = f"{MOST_BYTES // 2**30} GiB"
                    raise ArchiveError(f"{name} has more than {most} of code in it. {BY_HAND}")
                if why:
                    refused.append(NotUnderstood(Path(f"{path}/{quote(entry.filename, 200)}"), why))
    except DAMAGE as error:
        raise ArchiveError(f"{name} is damaged or no zip ({error}). Download it again.") from error
    except RuntimeError as error:  # encrypted, or of an unknown compression
        why = visible(str(error))
        raise ArchiveError(f"{name} can't be unpacked: {why}. {BY_HAND}") from error
    except OSError as error:
        raise ArchiveError(f"{name} could not be unpacked: {error.strerror or error}.") from error
    return refused


def _why_refused(entry: zipfile.ZipInfo) -> str:
    """Why an entry must not be unpacked, whatever is in it; "" if it may."""
    # The name as the zip has it: zipfile cuts a name at a null byte.
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
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, left: int
) -> tuple[str, int]:
    """Why it could not be unpacked, or ""; and how many bytes it took."""
    target = folder / PurePosixPath(entry.orig_filename)
    try:
        if entry.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            return "", 0
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "xb") as file:  # "x": never into a file that is there
            taken = 0
            if is_code(target) or target.name == METADATA:
                with archive.open(entry) as source:
                    # Counts the bytes that come out: the sizes in the zip may be wrong.
                    while chunk := source.read(CHUNK):
                        taken += len(chunk)
                        if taken > min(LARGEST_FILE, left):
                            break
                        file.write(chunk)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        return "the zip has another file or folder of this name, which was unpacked", 0
    except (UnicodeEncodeError, OSError) as error:
        if isinstance(error, OSError) and error.errno not in BAD_NAME:
            raise
        return "its name can't be written here, so it was not unpacked", 0
    if taken > LARGEST_FILE:
        target.unlink()
        return f"it has more than {LARGEST_FILE // 2**20} MiB, so it was not unpacked", taken
    with suppress(OverflowError, ValueError, OSError):  # no real date
        when = time.mktime((*entry.date_time, 0, 0, -1))
        os.utime(target, (when, when))
    return "", taken
