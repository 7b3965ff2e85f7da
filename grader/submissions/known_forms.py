"""Recognises which learning system handed out what a folder holds."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from .github import read_repositories
from .gradescope_export import FOLDER, METADATA
from .name_forms import NAME_FORMS
from .owner import Owner
from .student_files import bare_name, is_code, is_folder, plain_name
from .student_folders import Tree

# What nbgrader keeps in a course's folder, besides the folders `submitted` and `downloaded`.
NBGRADER = {"source", "release", "autograded", "feedback", "gradebook.db", "nbgrader_config.py"}
SUBMITTED, DOWNLOADED = "submitted", "downloaded"


class KnownForms:
    """Recognises forms. is_part: whether a folder's name can be an assignment's."""

    def __init__(self, is_part: Callable[[str], bool]):
        self._is_part = is_part

    def of(self, tree: Tree) -> str:
        """The system that handed out what a folder holds, "" if that is not to be seen."""
        inside = {path.path.name for path in tree.folders}
        if METADATA in {path.name for path in tree.files} and any(
            name.startswith(FOLDER) for name in inside
        ):
            return "Gradescope"
        system, owners = self.owners(tree)
        of_files = [owner.student for path, owner in owners.items() if is_code(path)]
        if owners and (len(of_files) < len(owners) or len(set(of_files)) > 1):
            return system
        return ""

    def owners(self, tree: Tree) -> tuple[str, dict[Path, Owner]]:
        """The system that named what a folder holds, and whose each is; "" and nothing if none."""
        paths = [inner.path for inner in tree.folders]
        system, owners = by_names([*paths, *tree.files], tree.files)
        if owners or tree.code:
            return system, owners
        name = plain_name(tree.path.absolute().name)
        working = [inner.path for inner in tree.working]
        owners = read_repositories(name, working, self._is_part)
        return ("GitHub Classroom", owners) if 2 * len(owners) > len(working) else ("", {})


def kept_by_nbgrader(tree: Tree) -> str:
    """The folder in which nbgrader keeps what was handed in, "" if this is none of its courses."""
    folders = {inner.path.name for inner in tree.folders}
    names = folders | {path.name for path in tree.files}
    for kept in (SUBMITTED, DOWNLOADED):
        if kept in folders and (names <= {SUBMITTED, DOWNLOADED} or NBGRADER & names):
            return kept
    return ""


def of_system(system: str, tree: Tree) -> dict[Path, Owner]:
    """Whose everything in a folder is by the names of one system, also what isn't code."""
    paths = [*(inner.path for inner in tree.folders), *tree.files]
    for form in NAME_FORMS:
        if form.system == system:
            read = ((path, form.read(bare_name(path.name))) for path in paths)
            return form.settle({path: owner for path, owner in read if owner}, tree.files)
    return {}


def by_names(paths: Iterable[Path], files: Sequence[Path]) -> tuple[str, dict[Path, Owner]]:
    """The system that named most of the code and folders, and whose they are. Few are chance."""
    candidates = sorted(path for path in paths if is_code(path) or is_folder(path))
    for form in NAME_FORMS:
        read = ((path, form.read(bare_name(path.name))) for path in candidates)
        owners = {path: owner for path, owner in read if owner}
        if 2 * len(owners) > len(candidates):
            return form.system, form.settle(owners, files)
    return "", {}
