"""The forms in which learning systems hand out a class's work: which file is which student's.

Only names at the top of the named folder decide on the form. Every file in a student's own folder
is theirs, even if its name looks like another student's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from . import canvas
from .gradescope_export import FOLDER, METADATA, NotGradescope, read_submitters
from .student_files import (
    CodeFile,
    Listing,
    StudentFiles,
    code_files,
    collect_files,
    group_by_student,
    is_code,
    is_folder,
    list_folder,
    no_code,
)
from .submission import NotUnderstood

# Each returns the student and the file, or None for a name of another form. (A form of folders goes
# into `_class_folder`; a file of its own that it needs from a zip goes into `zips._unpack_one`.)
FILE_NAME_FORMS: list[Callable[[Path], tuple[str, CodeFile] | None]] = [canvas.read_file_name]
# What nbgrader keeps in a course's folder, besides the folder `submitted`.
NBGRADER = {"source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}
SUBMITTED = "submitted"


def files_by_form(paths: Sequence[Path]) -> Iterator[StudentFiles | NotUnderstood]:
    """The files of each student, and what is nobody's."""
    listings = {path: list_folder(path) for path in paths if is_folder(path)}
    named = _read_file_names(path for path in paths if path not in listings)
    yield from group_by_student(named.values())
    # If one of several folders is a student's (its code has no system's names), all are students'.
    of_students = len(paths) > 1 and any(
        code_files(listing.files) and not _read_file_names(listing.files)
        for listing in listings.values()
    )
    for path in paths:
        if path in named:
            continue
        if path not in listings:
            students = (path.absolute().parent.name,)
            yield StudentFiles(students, path, [CodeFile(path, path.stem)])
        elif of_students:
            yield collect_files(path)
        else:
            yield from _class_folder(path, listings[path])


def _read_file_names(files: Iterable[Path]) -> dict[Path, tuple[str, CodeFile]]:
    """Student and file by names that a system gave to most of the code: one alone is chance."""
    code = sorted(path for path in files if is_code(path))
    for read in FILE_NAME_FORMS:
        named = {path: found for path in code if (found := read(path))}
        if 2 * len(named) > len(code):
            return named
    return {}


def _class_folder(folder: Path, listing: Listing) -> Iterator[StudentFiles | NotUnderstood]:
    """A class's folder: files by name, then the loose files as one student's, then each folder."""
    inside = {path.name: path for path in (*listing.folders, *listing.files)}
    submitted = inside.pop(SUBMITTED, folder)
    if submitted in listing.folders and (not inside or NBGRADER & set(inside)):
        yield from _class_folder(submitted, list_folder(submitted))
        for name, path in inside.items():
            if name not in NBGRADER:
                yield NotUnderstood(path, f"beside `{SUBMITTED}`, where nbgrader keeps the work")
        return
    named = _read_file_names(listing.files)
    yield from group_by_student(named.values())
    loose = code_files(path for path in listing.files if path not in named)
    if loose or listing.error or not (listing.folders or named):
        remarks = [listing.error] if listing.error else []
        yield StudentFiles((folder.absolute().name,), folder, loose, remarks)
    students: dict[str, tuple[str, ...]] = {}  # of folders that have no student's name
    exported = any(path.name.startswith(FOLDER) for path in listing.folders)
    for path in listing.files:
        if exported and path.name == METADATA:
            try:
                students = read_submitters(path)
            except NotGradescope as error:
                why = f"{error}, so the names of the folders stand for the students"
                yield NotUnderstood(path, why)
        elif other := no_code(path):
            yield other
    for path in listing.folders:
        files = collect_files(path, students.get(path.name, ()))
        if students and path.name not in students and path.name.startswith(FOLDER):
            files.remarks.append(f"{METADATA} doesn't say whose it is")
        yield files
