"""Builds the archive that is uploaded to Gradescope as an autograder."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ...common.errors import UsageError
from ...common.files import package_root, write_whole
from ...course.catalogue import Course
from ...course.files import bank
from ..release import shared_files

SCRIPTS = ("setup.sh", "run_autograder")  # at the root of the archive, by Gradescope's names
OLDEST_DATE = (1980, 1, 1, 0, 0, 0)  # the same files are the same archive


def write_archive(course: Course, destination: Path) -> list[str]:
    """Writes the archive and returns the names in it. Raises UsageError, CourseError, OSError.

    It holds the grader, the problems and, of the solutions, only the references, `warm_up.py` and
    the known mistakes.
    """
    if course.broken:
        raise next(iter(course.broken.values()))
    if destination.suffix.lower() != ".zip" or destination.is_dir():
        raise UsageError(f"Gradescope takes a .zip file, and {destination} is none: name one.")
    if not destination.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {destination.parent}. Make it, or name another.")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, path in _files(course):
            if not path.is_file():
                raise UsageError(
                    f"{path} is missing: run this from a folder that holds the whole project."
                )
            entry = zipfile.ZipInfo(name, OLDEST_DATE)
            entry.create_system = 3  # Unix, for the permissions
            entry.external_attr = (0o100755 if name in SCRIPTS else 0o100644) << 16
            content = path.read_bytes()
            if name in SCRIPTS:  # no shell runs the line ends that a checkout on Windows may have
                content = content.replace(b"\r\n", b"\n")
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    write_whole(destination, data.getvalue())
    return archive.namelist()


def _files(course: Course) -> Iterator[tuple[str, Path]]:
    """Names in the archive, and the files that they come from."""
    package = package_root()
    for name in SCRIPTS:
        yield name, package / "handout" / "gradescope" / f"{name}.txt"
    yield "README.md", package.parent / "README.md"
    yield from shared_files(course)
    for entry in course.entries.values():
        if entry.warm_up.is_file():
            yield f"solutions/{entry.id}/{entry.warm_up.name}", entry.warm_up
        for path in (entry.reference, *bank(entry.solutions / "wrong_answer")):
            yield f"solutions/{entry.id}/{path.relative_to(entry.solutions).as_posix()}", path
