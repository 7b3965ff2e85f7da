"""Whose a file or folder is, as its name or place says."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from .student_files import CodeFile, Folders, StudentFiles, collect_files, is_code, plain_name
from .submission import NOTHING_SAID, HandedIn, Identity, code_stem

NOBODY = Identity()


@dataclass(frozen=True)
class Owner:
    """Whose a file or folder is.

    student: the name that is shown; two students never have the same. file: the name that the
    student gave the file. handed_in: what the learning system says about its order and time.
    """

    student: str
    identity: Identity = NOBODY
    file: str = ""
    handed_in: HandedIn = NOTHING_SAID


def group_by_owner(
    owned: Iterable[tuple[Path, Owner]], folders: Folders, depth: int = 0
) -> list[StudentFiles]:
    """The files of each student. They lie `depth` folders below a folder that is shared.

    A folder is a student's with all that it holds.
    """
    students: dict[tuple[Path, str], StudentFiles] = {}
    for path, owner in owned:
        name = plain_name(owner.student)
        shared = path.absolute().parents[depth]
        if is_code(path):
            of_file = CodeFile(path, code_stem(Path(owner.file)), owner.handed_in)
            found = StudentFiles((name,), shared, [of_file], shared=True)
        else:
            found = collect_files(path, folders, (name,))
            found.files[:] = [replace(f, handed_in=owner.handed_in) for f in found.files]
        mine = students.setdefault(
            (shared, name), replace(found, files=[], remarks=[], others=[], left_out=[])
        )
        mine.files += found.files
        mine.remarks += found.remarks
        mine.others += found.others
        mine.left_out += found.left_out
        mine.identities = {name: owner.identity}
    return list(students.values())
