"""The forms in which learning systems hand out a class's work: which file is which student's.

Only names above the students' folders decide on the form. Every file in a student's own folder is
theirs, even if its name looks like another student's.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence, Sized
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from ..common.text import quote
from ..course.catalogue import Entry
from . import blackboard
from .gradescope_export import FOLDER, METADATA, NotGradescope, Upload, read_uploads
from .known_forms import (
    DOWNLOADED,
    NBGRADER,
    SUBMITTED,
    KnownForms,
    by_names,
    kept_by_nbgrader,
    of_system,
)
from .owner import Owner, group_by_owner
from .student_files import (
    CodeFile,
    Folders,
    StudentFiles,
    bare_name,
    code_files,
    collect_files,
    is_folder,
    is_page,
    no_code,
    plain_name,
)
from .student_folders import Sections, Tree, read_tree
from .submission import NotUnderstood, code_stem
from .timestamps import with_timestamps

EXTRACTED, ARCHIVE = "extracted", "archive"  # what nbgrader collects an assignment from
NAMED = "the named paths"
NOBODYS: Mapping[Path, Owner] = MappingProxyType({})
OF_SYSTEMS = {"index.html"}  # beside the students' files, by Brightspace

Found = Iterator[StudentFiles | NotUnderstood]


class FormReader:
    """Finds whose the files under some paths are.

    choices: what was decided, a sentence each, complete when all has been read.
    """

    def __init__(self, entries: Collection[Entry], folders: Folders):
        self.choices: list[str] = []
        self._folders = folders
        self._sections = Sections(entries, lambda tree: bool(self._forms.of(tree)))
        self._forms = KnownForms(self._sections.is_part)

    def read(self, paths: Sequence[Path]) -> Found:
        """The files of each student, and what is nobody's."""
        trees = {path: read_tree(path, self._folders) for path in paths if is_folder(path)}
        here = Tree(Path(NAMED), [p for p in paths if p not in trees], [*trees.values()])
        if len(paths) > 1 and (kept := kept_by_nbgrader(here)):
            yield from self._nbgrader(here, kept)
            return
        system, owners = by_names(paths, ())
        yield from self._named(NAMED, system, owners)
        rest = [path for path in paths if path not in owners]
        for path in rest:
            if path not in trees:
                if other := no_code(path):
                    yield other
                else:
                    name = plain_name(path.absolute().parent.name)
                    yield StudentFiles((name,), path, [CodeFile(path, code_stem(path))])
        level = [trees[path] for path in rest if path in trees]
        if len(level) == 1:
            yield from self._class(level[0])
            return
        # If one of several folders is a student's (its code has no system's names), all are.
        classes = [t for t in level if kept_by_nbgrader(t) or self._forms.owners(t)[1]]
        others = [tree for tree in level if tree not in classes]
        if any(tree.code for tree in others):
            classes = []
        else:
            classes += self._sections.among(others)
        for tree in classes:
            yield from self._class(tree)
        yield from self._people(NAMED, [tree for tree in level if tree not in classes])

    def _say(self, sentence: str) -> None:
        self.choices.append(f"{sentence}.")

    def _people(self, where: str, trees: Sequence[Tree]) -> Found:
        """A student for each folder. An archive and its folder, side by side, are one student's."""
        found: dict[tuple[Path, str], StudentFiles] = {}
        for tree in trees:
            files = self._student(tree)
            place = Path(self._folders.shown(tree.path))
            mine = found.setdefault((place.parent, bare_name(place.name)), files)
            if mine is not files:
                mine.files += files.files
                mine.remarks += files.remarks
                mine.others += files.others
                mine.left_out += files.left_out
        if any(tree.all_code for tree in trees):
            self._say(f"{where}: a folder for each student, {_count(found)}")
        yield from found.values()

    def _student(self, tree: Tree, name: str = "") -> StudentFiles:
        found = collect_files(tree.path, self._folders, (name,) if name else ())
        if tree.path.absolute().parent.name == SUBMITTED:
            found.files[:] = with_timestamps(tree.path, found.files)
        return found

    def _named(self, where: str, system: str, owners: dict[Path, Owner]) -> Found:
        students = group_by_owner(owners.items(), self._folders)
        if students:
            names = {name for files in students for name in files.students}
            self._say(f"{where}: names as {system} gives them, {_count(names)}")
        yield from students

    def _class(self, tree: Tree) -> Found:
        """A class's folder: what a system named, then loose files as a student's, then folders."""
        if kept := kept_by_nbgrader(tree):
            yield from self._nbgrader(tree, kept)
            return
        where = self._folders.shown(tree.path)
        system, owners = self._forms.owners(tree)
        folders = [inner for inner in tree.folders if inner.path not in owners]
        exported = any(inner.path.name.startswith(FOLDER) for inner in folders)
        working = tree.working
        if owners:
            sections = []
        elif not tree.code and len(working) == 1 and self._wraps(working[0], tree):
            sections = working
        else:
            sections = self._sections.among(folders)
            names = [inner.path.name for inner in working]
            of_one = self._sections.is_course(tree) or all(map(self._sections.is_part, names))
            if names and not (sections or exported) and of_one:
                self._say(f"{where}: the work of one student")
                yield self._student(tree)
                yield from filter(None, map(no_code, tree.files))
                return
        yield from self._named(where, system, owners)
        yield from self._loose(tree, owners, exported, of_system(system, tree))
        if len(sections) > 1:
            shown = ", ".join(quote(one.path.name) for one in sections[:3])
            more = ", …" * (len(sections) > 3)
            self._say(f"{where}: {len(sections):,} folders of several students ({shown}{more})")
        for inner in sections:
            yield from self._class(inner)
        others = [inner for inner in folders if inner not in sections]
        if exported and METADATA in {path.name for path in tree.files}:
            yield from self._exported(tree, others)
            return
        yield from self._people(where, others)

    def _wraps(self, tree: Tree, above: Tree) -> bool:
        """Whether the only folder with code in a class's folder is the class's, not a student's."""
        # Many tools pack a folder into an archive of the same name.
        if tree.path.name == above.path.name or self._forms.of(tree) or kept_by_nbgrader(tree):
            return True
        if self._sections.among([tree]) or tree.code:
            return not tree.code
        inner = tree.working
        return len(self._sections.people(tree)) > 1 or (
            len(inner) == 1 and self._wraps(inner[0], tree)
        )

    def _loose(
        self,
        tree: Tree,
        owners: Mapping[Path, Owner],
        exported: bool = False,
        named: Mapping[Path, Owner] = NOBODYS,
    ) -> Found:
        """The files that no system named, as one student's; and why others are no code.

        named: whose they are nevertheless.
        """
        yield from tree.left_out
        loose = [path for path in tree.code if path not in owners]
        if loose or tree.error or not (tree.folders or owners):
            remarks = [tree.error] if tree.error else []
            files = code_files(loose)
            name = plain_name(tree.path.absolute().name)
            yield StudentFiles((name,), tree.path, files, remarks)
        attempts = {(owner.student, owner.handed_in.order) for owner in owners.values()}
        for path in tree.files:
            of_system = (owners and path.name in OF_SYSTEMS) or (exported and path.name == METADATA)
            if of_system or blackboard.is_text_of(path.name, attempts):
                continue
            if other := no_code(path):
                yield _owned(other, named.get(path), {student for student, _ in attempts})

    def _exported(self, tree: Tree, folders: Sequence[Tree]) -> Found:
        """An export of Gradescope."""
        uploads: dict[str, Upload] = {}
        try:
            uploads = read_uploads(tree.path / METADATA)
        except NotGradescope as error:
            why = f"{error}, so the names of the folders stand for the students"
            yield NotUnderstood(tree.path / METADATA, why)
        where = self._folders.shown(tree.path)
        self._say(f"{where}: an export of Gradescope, {len(folders):,} submissions")
        for inner in folders:
            mine = uploads.get(inner.path.name, Upload())
            files = collect_files(inner.path, self._folders, tuple(mine.students))
            files.identities = mine.students
            files.files[:] = [replace(file, handed_in=mine.handed_in) for file in files.files]
            if uploads and not mine.students and inner.path.name.startswith(FOLDER):
                files.remarks.append(f"{METADATA} doesn't say whose it is")
            yield files

    def _nbgrader(self, tree: Tree, kept: str) -> Found:
        """A course of nbgrader, or what its `zip_collect` takes."""
        where = self._folders.shown(tree.path)
        self._say(f"{where}: nbgrader's folders, read from {kept}")
        inside = {inner.path.name: inner for inner in tree.folders}
        yield from tree.left_out
        if kept == SUBMITTED:
            yield from self._people(where, inside[kept].folders)
            yield from self._loose(inside[kept], {})
        else:
            yield from inside[kept].left_out
            for assignment in inside[kept].folders:
                parts = {part.path.name: part for part in assignment.folders}
                part = parts.get(EXTRACTED)
                if not part or not part.all_code:
                    part = parts.get(ARCHIVE, assignment)
                yield from self._class(part)
        for path in (*(inner.path for inner in tree.folders), *tree.files):
            if path.name not in {*NBGRADER, SUBMITTED, DOWNLOADED}:
                yield NotUnderstood(path, f"beside `{kept}`, where nbgrader keeps the work")


def _owned(item: NotUnderstood, owner: Owner | None, with_code: Collection[str]) -> NotUnderstood:
    """A file that isn't code, with whose it is. Beside the student's code it is no work."""
    if owner is None:
        return item
    work = owner.student not in with_code and not is_page(item.path)
    return replace(item, owners={plain_name(owner.student): owner.identity}, work=work)


def _count(students: Sized) -> str:
    return f"{len(students):,} student{'s' * (len(students) != 1)}"
