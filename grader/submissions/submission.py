"""A submission, and reading its bytes without trusting them."""

import hashlib
import logging
import os
import re
import stat
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from ..common.text import encodable, quote

log = logging.getLogger(__name__)

SUFFIXES = (".py", ".ipynb")
# Systems that hide or want another suffix put it behind: `a.py.txt`, `a.ipynb.json`, and what
# tells two such files apart in between: `a.py (1).txt`.
PUT_BEHIND = re.compile(
    r"(?P<stem>.+)(?P<suffix>\.py|\.ipynb)(?P<again>-[0-9]{1,4}| ?\([0-9]{1,4}\))?\.(?:txt|json)",
    re.IGNORECASE | re.DOTALL,
)
UNPACKED = "grader-zip-"  # how the name of the temporary folder of `open_archives` begins
# In bytes. A notebook may be as large as a file in a zip, for what it printed; a worker reads
# 1 MiB of code.
LARGEST = {".py": 2**20, ".ipynb": 64 * 2**20}


@dataclass(frozen=True)
class Code:
    """All of a submission that a worker gets.

    file: the bytes of the file with the entry point. modules: the student's other files of code,
    by the path from this file's folder (`helper.py`, `utils/cut.py`), for its imports.
    """

    file: bytes
    notebook: bool = False
    modules: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of the file's bytes, and of the modules if there are any."""
        digest = hashlib.sha256(self.file)
        for name, data in sorted(self.modules.items()):
            digest.update(b"%d %b %d " % (len(name), name.encode("utf-8", "replace"), len(data)))
            digest.update(data)
        return digest.hexdigest()


@dataclass(frozen=True)
class Identity:
    """What the source of a submission says about its student; "" for what it doesn't say.

    number: the learning system's own number of the student.
    """

    login: str = ""
    email: str = ""
    number: str = ""
    full_name: str = ""


@dataclass(frozen=True)
class HandedIn:
    """When a file was handed in, and whether its source calls it late.

    order: what the learning system says about the order of one student's files; the highest is the
    newest. time: as an ISO 8601 date and time, "" if nothing says it; local if it has no offset.
    said_by: what says so, such as "Blackboard" or "the file's own time". modified: the file's own
    time, in seconds since 1970.
    """

    order: tuple[int, ...] = ()
    time: str = ""
    said_by: str = ""
    late: bool = False
    modified: float = 0.0


NOTHING_SAID = HandedIn()


def digest(codes: Iterable[Code]) -> str | None:
    """The SHA-256 of all files of a submission; None if there are none."""
    each = [code.sha256 for code in codes]
    if len(each) > 1:
        return hashlib.sha256(" ".join(each).encode()).hexdigest()
    return each[0] if each else None


@dataclass(frozen=True)
class Submission:
    """One file, for one problem, from one student.

    where: the path that the instructor knows, if not this one: of a file in a zip, its path in the
        zip.
    student: their name by the folder, file name or metadata that the file came with.
    identity: what else that says about them, to find them in a roster.
    notes: remarks for the report, such as other files that were not graded.
    modules: the student's other files of code, each with its path from this file's folder.
    others: the student's other files for the problem, the newest first. newest: whether this may be
        the newest of them. All that may be are graded, and the best counts. The rest are graded
        only if nothing has been started in those.
    handed_in: when, as far as its source says.

    The bytes are read when the file is graded, so that a class needs no more memory than a student.
    """

    student: str
    path: Path
    problem_id: str
    notes: tuple[str, ...] = ()
    modules: tuple[tuple[str, Path], ...] = ()
    others: tuple["Submission", ...] = ()
    newest: bool = True
    where: str = ""
    identity: Identity = Identity()
    handed_in: HandedIn = NOTHING_SAID

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", self.where or encodable(str(original(self.path))))

    @property
    def paths(self) -> list[Path]:
        """All files that may be read for it."""
        mine = [self.path, *(path for _, path in self.modules)]
        return list(dict.fromkeys([*mine, *(path for o in self.others for path in o.paths)]))

    def read(self) -> Code:
        """The file's bytes and its modules'. A module that can't be read is left out, so its import
        fails. Raises Unreadable, with a sentence for the student, and OSError.
        """
        modules = {}
        for name, path in self.modules:
            try:
                modules[name] = read_file(path)
            except (Unreadable, OSError) as error:
                log.info("%s is no module of %s: %s", path, self.path, error)
        return Code(read_file(self.path), code_suffix(self.path) == ".ipynb", modules)


def code_suffix(path: PurePath) -> str:
    """The suffix in SUFFIXES that the file is read by, "" if it is no code."""
    hidden = PUT_BEHIND.fullmatch(path.name)
    suffix = (hidden["suffix"] if hidden else path.suffix).lower()
    return suffix if suffix in SUFFIXES else ""


def code_stem(path: Path) -> str:
    """The name of a file without its suffixes."""
    hidden = PUT_BEHIND.fullmatch(path.name)
    return hidden["stem"] + (hidden["again"] or "") if hidden else path.stem


class Unreadable(Exception):
    """The bytes of a submission can't be read: it is too large, a link, or no regular file."""


@dataclass(frozen=True)
class NotUnderstood:
    """A path in which no submission was found, and why.

    owners: whose it is, if that is known: the students' names, and what else their source says
    about them. work: whether it may be what a student did, unlike an empty folder.
    """

    path: Path
    why: str
    owners: Mapping[str, Identity] = field(default_factory=dict)
    work: bool = True


def original(path: Path) -> Path:
    """The path in the zip, of a file that `open_archives` unpacked; of any other file its path."""
    temporary = Path(tempfile.gettempdir())
    if path.is_relative_to(temporary):
        top, *inside = path.relative_to(temporary).parts or ("",)
        if top.startswith(UNPACKED) and inside:
            return Path(*inside)
    return path


def read_file(path: Path, limit: int | None = None) -> bytes:
    """A file's bytes, without waiting for a pipe or following a link.

    limit: in bytes, if not the one for its kind of file.

    Raises Unreadable for the student's mistakes, and OSError for the machine's.
    """
    name = quote(path.name)
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise Unreadable(
            f"{name} is a symbolic link, which is not followed; hand in the file itself."
        )
    if not stat.S_ISREG(status.st_mode):
        raise Unreadable(f"{name} is not a regular file; hand in a file.")
    limit = limit or LARGEST.get(code_suffix(path), LARGEST[".py"])
    if status.st_size > limit:
        raise Unreadable(
            f"{name} has more than {limit // 2**20} MiB, which is the limit; "
            "hand in the code without data or stored outputs."
        )
    # O_NOFOLLOW and O_NONBLOCK: the file may be replaced after the checks above.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:
        return file.read(status.st_size)  # room for the limit would be allocated at once
