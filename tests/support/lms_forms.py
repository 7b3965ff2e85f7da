"""Classes in the forms in which learning systems hand them out, with names as people have them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

NAMES = [
    *(("Ada", "Lovelace"), ("Seán", "O'Brien"), ("Zoë", "Müller"), ("Łukasz", "Nowak")),
    *(("娜", "李"), ("عمر", "الخيام"), ("שרה", "כהן"), ("Ólafur", "-Dash"), ("-Lead", "Ing")),
    *(("María José", "de la Cruz"), ("Jean-Luc", "Picard, Jr."), ("D'Arcy", "Ng"), ("Ñandú", "Ü")),
    *(("ada", "lovelace"), ("Ada", "Lovelace"), ("Владимир", "Ильин"), ("はなこ", "山田")),
    *(("x" * 30, "y" * 30), ("Test", "Final"), ("Class", "Main"), ("Ann", "Src"), ("1", "2")),
    *(("A_B", "C_D"), ("50% off", "#1"), ("=1+1", "@sum"), ("a.b", "c.zip.d"), ("e+f", "[g]")),
]


@dataclass(frozen=True)
class Person:
    """A student, as a university knows them. number: the learning system's."""

    first: str
    last: str
    number: int

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def login(self) -> str:
        """ASCII; some differ only by case, and some begin with another's."""
        kinds = (f"s{self.number}", f"S{self.number - 1}", f"u-{self.number}", f"a.b_{self.number}")
        return kinds[self.number % 4]

    @property
    def email(self) -> str:
        return f"{self.login}@example.org"


def people(number: int) -> list[Person]:
    """So many students; each has another number, and some have the name of another."""
    return [Person(*NAMES[n % len(NAMES)], 10_000 + n) for n in range(number)]


@dataclass(frozen=True)
class LmsForm:
    """A form. shown: how the grader calls the student. files: the paths of a student's file in it,
    and what lies beside it. once: what the whole class has besides.
    """

    shown: Callable[[Person], str]
    files: Callable[[Person, str], Sequence[tuple[str, str]]]
    once: Callable[[Sequence[Person]], Sequence[tuple[str, str]]] = lambda class_: ()


def _squeezed(person: Person) -> str:
    return "".join(char for char in person.last + person.first if char.isalnum()).lower() or "x"


def _safe(name: str) -> str:
    """Moodle and Brightspace take some characters out of names of files."""
    return "".join(char for char in name.replace("_", " ") if char not in '&<>"`|:\\/')


def _moodle(person: Person) -> str:
    return f"{_safe(person.full)}_{person.number}_assignsubmission_file_"


def _brightspace(person: Person) -> str:
    return f"{person.number}-678901 - {_safe(person.full)} - Mar 3, 2026 905 PM"


def _blackboard(person: Person) -> str:
    return f"HW_1_{person.login}_attempt_2026-03-01-10-00-00"


def _github(person: Person) -> str:
    return person.login.replace("_", "-").replace(".", "-")


def _metadata(class_: Sequence[Person]) -> str:
    lines = ["---"]
    for person in class_:
        name = person.full.replace("'", "''")
        lines += [f"submission_{person.number}:", "  :submitters:", f"  - :name: '{name}'"]
        lines += [f"    :sid: '{person.login}'", f"    :email: {person.email}"]
    return "\n".join(lines)


FILE = "patch_embed_cls.py"
FORMS: dict[str, LmsForm] = {
    "canvas": LmsForm(
        lambda p: f"{_squeezed(p)}_{p.number}",
        lambda p, text: [
            (
                f"{_squeezed(p)}{'_LATE' * (p.number % 3 == 0)}_{p.number}_{p.number * 7}_{FILE}",
                text,
            )
        ],
    ),
    "moodle folders": LmsForm(
        lambda p: f"{_safe(p.full)}_{p.number}",
        lambda p, text: [
            (f"{_moodle(p)}/{FILE}", text),
            (_moodle(p).replace("_file_", "_onlinetext_") + "/onlinetext.html", "<p>"),
        ],
    ),
    "moodle flat": LmsForm(
        lambda p: f"{_safe(p.full)}_{p.number}",
        lambda p, text: [(f"{_moodle(p)}{FILE}", text)],
    ),
    "blackboard": LmsForm(
        lambda p: p.login,
        lambda p, text: [
            (f"{_blackboard(p)}_{FILE}", text),
            (f"{_blackboard(p)}.txt", f"Name: {p.full} ({p.login})\nAssignment: HW_1\n"),
        ],
    ),
    "brightspace folders": LmsForm(
        lambda p: f"{_safe(p.full)}_{p.number}",
        lambda p, text: [(f"{_brightspace(p)}/{FILE}", text)],
        lambda class_: [("index.html", "<html>")],
    ),
    "brightspace flat": LmsForm(
        lambda p: f"{_safe(p.full)}_{p.number}",
        lambda p, text: [(f"{_brightspace(p)} - {FILE}", text)],
        lambda class_: [("index.html", "<html>")],
    ),
    "nbgrader": LmsForm(
        lambda p: p.login,
        lambda p, text: [
            (f"submitted/{p.login}/ps1/{FILE}", text),
            (f"submitted/{p.login}/ps1/timestamp.txt", "2026"),
        ],
        lambda class_: [("nbgrader_config.py", ""), (f"source/ps1/{FILE}", "pass")],
    ),
    "nbgrader's exchange": LmsForm(
        lambda p: p.login,
        lambda p, text: [(f"{p.login}+ps1+2026-03-01 10:00:00.123 UTC/{FILE}", text)],
    ),
    "gradescope": LmsForm(
        lambda p: p.login,
        lambda p, text: [(f"assignment_9_export/submission_{p.number}/{FILE}", text)],
        lambda class_: [("assignment_9_export/submission_metadata.yml", _metadata(class_))],
    ),
    "github": LmsForm(
        _github,
        lambda p, text: [
            (f"hw1-submissions/hw1-{_github(p)}/src/{FILE}", text),
            (f"hw1-submissions/hw1-{_github(p)}/README.md", "# hw1"),
        ],
    ),
    "sections": LmsForm(
        lambda p: f"{p.full} {p.number}",
        lambda p, text: [(f"section {p.number % 3}/{p.full} {p.number}/{FILE}", text)],
    ),
    "folders": LmsForm(
        lambda p: f"{p.full} {p.number}", lambda p, text: [(f"{p.full} {p.number}/{FILE}", text)]
    ),
}


def content(person: Person) -> str:
    """Another text for each student."""
    return (
        f"def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):\n    {person.number}\n"
    )


def class_files(form: LmsForm, class_: Sequence[Person]) -> Iterator[tuple[str, str]]:
    """The files of a class: path and text."""
    for person in class_:
        yield from form.files(person, content(person))
    yield from form.once(class_)


def as_folder(files: Iterator[tuple[str, str]], top: Path) -> Path:
    """A folder with the files."""
    for name, text in files:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return top


def as_zip(files: Iterator[tuple[str, str]], path: Path, inside: str = "") -> Path:
    """A zip of the files. inside: the folder that they lie in, with a / behind it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(inside + name, text)
    return path


def as_zips(class_: Sequence[Person], top: Path) -> Path:
    """A folder with a zip for each student, and in each a folder."""
    top.mkdir()
    for person in class_:
        as_zip(iter([(f"hw/{FILE}", content(person))]), top / f"{person.full} {person.number}.zip")
    return top
