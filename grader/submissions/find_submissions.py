"""Finds submissions: which student handed in which file for which problem."""

import os
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..common.text import encodable
from ..course.catalogue import Entry
from .choose_file import choose_files
from .lms_forms import FormReader
from .name_pattern import files_by_pattern, read_pattern
from .student_files import Folders, StudentFiles, is_folder, list_folder
from .submission import Identity, NotUnderstood, Submission, original
from .unknown_form import explain_crowd


@dataclass(frozen=True)
class Found:
    """What was found under some paths.

    not_understood: the paths that led to no submission. choices: what was decided without being
    told, such as which form the names have, a sentence each. unknown_form: if a class was surely
    taken for one student, a message that says so; "" else.
    """

    submissions: list[Submission]
    not_understood: list[NotUnderstood]
    choices: tuple[str, ...] = ()
    unknown_form: str = ""


def find_submissions(
    paths: Sequence[Path],
    entries: Collection[Entry],
    pattern: str | None = None,
    unpacked: Mapping[Path, Path | None] | None = None,
    only: str | None = None,
) -> Found:
    """All submissions under the paths for the given problems; and all paths that led to none.

    A path is a file; a student's folder, with files in it; a folder of students' folders; or a
    download in one of the `lms_forms`. If several are given and one of them is a student's folder,
    all are. Nothing is dropped: every file and folder without a submission is in
    `not_understood`, and so is what was not searched.

    pattern: how paths of files say whose they are, in place of all forms; see `read_pattern`.
        Raises UsageError.
    only: the id of the one problem that is graded. A single file is that problem's, if it is for
        no other.
    unpacked: the folder of each archive in the paths, see `open_archives`.
    """
    unique = list(dict.fromkeys(paths))
    folders = Folders(unpacked or {})
    bases = [*map(_in_wrapper, unique)]
    reader = FormReader(entries, folders)
    unknown_form = ""
    if pattern is None:
        everyone = [*reader.read(unique)]
        students = [files for files in everyone if isinstance(files, StudentFiles)]
        unknown_form = explain_crowd(students, entries, bases)
    else:
        by = read_pattern(pattern, [entry.id for entry in entries])
        wrappers = (path for path, base in zip(unique, bases, strict=True) if path != base)
        everyone = [item for path in wrappers for item in list_folder(path).left_out]
        everyone += files_by_pattern(bases, by, folders)
    # Each file counts once for each problem, however many of the paths lead to it.
    found: dict[tuple[str, str], tuple[StudentFiles, Submission]] = {}
    not_understood: list[NotUnderstood] = []
    for files in everyone:
        if isinstance(files, NotUnderstood):
            not_understood.append(files)
            continue
        chosen, others = choose_files(files, entries, only)
        found |= {(os.path.abspath(s.path), s.problem_id): (files, s) for s in chosen}
        owners = {encodable(name): _identity(files, name) for name in files.students}
        not_understood += [
            replace(item, owners=owners, work=item.work and not files.no_work) for item in others
        ]
    # From here on names are text: the bytes of one that is no UTF-8 are escapes, in every output.
    rest = [replace(o, path=Path(encodable(str(original(o.path))))) for o in not_understood]
    return Found(_with_unique_names([*found.values()]), rest, tuple(reader.choices), unknown_form)


def _identity(files: StudentFiles, name: str) -> Identity:
    return files.identities.get(name, Identity())


def _in_wrapper(path: Path) -> Path:
    """The only folder in an archive that holds nothing else; any other path as it is."""
    if original(path) == path or len(original(path).parts) > 1 or not is_folder(path):
        return path
    listing = list_folder(path)
    return listing.folders[0] if len(listing.folders) == 1 and not listing.files else path


def _with_unique_names(found: Sequence[tuple[StudentFiles, Submission]]) -> list[Submission]:
    """One submission for each of a group, and never two for one problem under one name."""
    named = [
        (files, replace(s, student=encodable(name), identity=_identity(files, name)))
        for files, s in found
        for name in files.students
    ]
    for longer in (_name_by_folder, _name_by_file):
        counts = Counter((s.student, s.problem_id) for _, s in named)
        taken = {student for (student, _), count in counts.items() if count > 1}
        named = [
            (files, _renamed(s, longer(files, s)) if s.student in taken else s)
            for files, s in named
        ]
    unique: dict[tuple[str, str], Submission] = {}
    for _, submission in named:
        student = submission.student
        while (student, submission.problem_id) in unique:  # the same text for other bytes
            student += "~"
        unique[student, submission.problem_id] = replace(submission, student=student)
    return [*unique.values()]


def _renamed(submission: Submission, name: str) -> Submission:
    """The submission under another name. A roster still finds its student by the one before."""
    before, identity = submission.student, submission.identity
    identity = replace(
        identity, login=identity.login or before, full_name=identity.full_name or before
    )
    return replace(submission, student=encodable(name), identity=identity)


def _name_by_folder(files: StudentFiles, submission: Submission) -> str:
    if files.shared:
        return str(original(files.files[0].path))
    folder = str(original(files.path.parent if files.one_file else files.path))
    return folder if len(files.students) == 1 else f"{folder}/{submission.student}"


def _name_by_file(files: StudentFiles, submission: Submission) -> str:
    """Of several named files in one folder, each may be another student's."""
    return submission.where if len(files.students) == 1 else submission.student
