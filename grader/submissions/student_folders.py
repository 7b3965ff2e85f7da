"""Tells students' folders from folders that hold several, such as sections, and from parts of one.

A student chooses the names in their own folder, so those must not make others of them: a folder
beside folders that are surely students' is a student's too, unless its own name is a section's.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from ..course.catalogue import Entry
from .attempts import read_attempt
from .entry_point import Trace, code_text, find_entry_point
from .student_files import (
    MOST_TO_TELL_APART,
    SKIPPED_FOLDERS,
    Folders,
    code_files,
    plain_name,
    within,
)
from .submission import NotUnderstood, Unreadable, code_stem, read_file

DEEPEST = 10  # folders below the named one
MOST_FOLDERS = 100_000

PACKAGE = "grader"  # in the course that students get
# The words in names of folders that people make in their own work.
PARTS = set(
    """
    src source sources code codes lib libs util utils helper helpers module modules app main
    master notebook notebooks jupyter python py script scripts problem problems exercise exercises
    homework homeworks assignment assignments solution solutions submission submissions submitted
    answer answers stub stubs starter template templates test tests data doc docs output outputs
    result results figure figures image images img plot plots example examples project projects
    final old new backup bak copy draft work working misc other others attempt attempts try tries
    version versions v part parts week weeks task tasks question questions q hw ps pset lab labs
    ex unit chapter day step tmp temp dist build archive extracted folder untitled my the of and
    for first second third last aufgabe aufgaben ordner neuer kopie loesung lösung lösungen übung
    dossier nouveau copie exercice exercices carpeta nueva ejercicio ejercicios tarea tareas
    """.split()
)
# The words in names of folders that hold several students.
SECTIONS = PARTS | set(
    """
    section sections sec group groups gruppe gruppen groupe grupo class classes klasse clase kurs
    course tutorial tut seminar late ontime on time early cohort stream session block period
    students studenten monday tuesday wednesday thursday friday saturday mon tue wed thu fri sat
    morning afternoon evening am pm
    """.split()
)


@dataclass(eq=False)
class Tree:
    """A folder with all that is below it, and the code files in it."""

    path: Path
    files: list[Path] = field(default_factory=list)
    folders: list["Tree"] = field(default_factory=list)
    error: str = ""
    left_out: list[NotUnderstood] = field(default_factory=list)

    @cached_property
    def code(self) -> list[Path]:
        """The files of code in the folder itself."""
        return [file.path for file in code_files(self.files)]

    @cached_property
    def all_code(self) -> list[Path]:
        """The files of code in it and below it."""
        return [*self.code, *(path for tree in self.folders for path in tree.all_code)]

    @property
    def working(self) -> list["Tree"]:
        """Its folders with code in or below them."""
        return [tree for tree in self.folders if tree.all_code]


def read_tree(folder: Path, folders: Folders) -> Tree:
    """A folder and what is below it, as far as it is searched."""
    top = Tree(folder)
    queue, visited = [(top, 0)], 0
    while queue:
        tree, depth = queue.pop()
        listing = folders.list(tree.path, SKIPPED_FOLDERS if depth else frozenset({"__MACOSX"}))
        tree.files, tree.error, tree.left_out = listing.files, listing.error, listing.left_out
        tree.folders = [Tree(path) for path in listing.folders]
        visited += 1
        if depth < DEEPEST and visited < MOST_FOLDERS:
            queue += [(inner, depth + 1) for inner in tree.folders]
    return top


class Sections:
    """Finds the folders that hold several students.

    entries: the problems. has_form: whether a folder holds what a learning system handed out.
    """

    def __init__(self, entries: Collection[Entry], has_form: Callable[[Tree], bool]):
        self._entries, self._has_form = entries, has_form
        self._problems = lru_cache(maxsize=None)(self._problems_of)
        self._ids = ids = [entry.id for entry in entries]
        self._squeezed = {"".join(_words(name)) for name in ids}
        self._parts = PARTS | {word for name in ids for word in _words(name)}

    def is_part(self, name: str) -> bool:
        """Whether this is a name of a folder in a student's own work."""
        of_problem = "".join(_words(name)) in self._squeezed
        # Digits alone may be a student's number.
        dated = not name.isdecimal() and not read_attempt(name).name
        return self._all_in(name, self._parts) or of_problem or dated or name == PACKAGE

    def is_course(self, tree: Tree) -> bool:
        """Whether this is the course that students get, with the stubs of its problems: one
        student's, whatever else lies in it.
        """
        inside = (inner for inner in tree.folders if inner.path.name == "problems")
        problems = (p for inner in inside for p in inner.folders if p.path.name in self._ids)
        return any(path.name == "stub.py" for problem in problems for path in problem.files)

    def people(self, tree: Tree) -> list[Tree]:
        """The folders in a folder that may be students': with code in them, and no part's name."""
        if self.is_course(tree):
            return []
        return [inner for inner in tree.working if not self.is_part(inner.path.name)]

    def among(self, level: Sequence[Tree]) -> list[Tree]:
        """Those of the folders of a class that hold several students, each with a folder."""
        named, strong, chains, sure = [], [], [], []
        for tree in level:
            people = self.people(tree)
            if self._has_form(tree):
                strong.append(tree)
            elif tree.code or self.is_course(tree):
                sure.append(tree)
            elif people and self._all_in(tree.path.name, SECTIONS):
                named.append(tree)
            elif self._share(people) or self.among(tree.working):
                strong.append(tree)
            elif len(people) == 1:
                chains.append(tree)
            elif tree.working:
                sure.append(tree)
        several = set(named)
        if not sure and 2 * len(strong) >= len(strong) + len(chains):
            several |= {*strong, *(chains if strong else ())}
        return [tree for tree in level if tree in several]

    def _share(self, people: Iterable[Tree]) -> bool:
        """Whether two of them have work for one problem."""
        seen: set[str] = set()
        for tree in people:
            read = within(tree.all_code, MOST_TO_TELL_APART)
            mine = {problem for path in read for problem in self._problems(path)}
            if seen & mine:
                return True
            seen |= mine
        return False

    def _problems_of(self, path: Path) -> frozenset[str]:
        """The ids of the problems that a file of code is for, by its name or its text."""
        try:
            text = code_text(path, read_file(path))
        except (Unreadable, OSError):
            text = ""
        has = (Trace.DEFINES, Trace.TEMPLATE)
        return frozenset(
            entry.id
            for entry in self._entries
            if code_stem(path) == entry.id or find_entry_point(text, entry) in has
        )

    def _all_in(self, name: str, words: Collection[str]) -> bool:
        """Whether each word of a name is one of these, or a letter beside one.

        Short numbers and years are free. A letter alone is a name, unless a number follows: `v` is
        somebody, `v2` a version.
        """
        name = plain_name(name)
        numbers = re.findall(r"\d+", name)
        mine = _words(name)
        numbered = re.findall(r"[^\W\d_]+(?=[\W_]?\d)", name.casefold())
        known = [word for word in mine if word in words and (len(word) > 1 or word in numbered)]
        rest = [word for word in mine if word not in words]
        return (
            bool(known)
            and all(len(word) == 1 and word.isascii() for word in rest)
            and all(len(number) < 4 or re.fullmatch(r"20\d\d", number) for number in numbers)
        )


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", name.casefold())
