"""The roster: reads the students of a class from a CSV file, and matches submissions to them."""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..common.errors import RosterError
from ..common.text import quote
from . import Submission

LARGEST = 10 * 2**20  # bytes
DELIMITERS = ",;\t"
# The columns of a Canvas gradebook that name a student.
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_ONLY = {"sis user id", "sis login id", "section"}
CANVAS_TEST_STUDENT = "Student, Test"
# Names of columns, without regard to case and punctuation. The first one that a roster has counts.
ID = "id|student id|id number|sid|username|user name|login|login id|student".split("|")
NAME = ("name", "full name", "student name", "student")
FIRST, LAST = ("first name", "given name"), ("last name", "family name", "surname")
EMAIL = ("email", "e mail", "email address", "e mail address", "mail")
KNOWN = {*ID, *NAME, *FIRST, *LAST, *EMAIL, *(name.casefold() for name in CANVAS)}

Row = tuple[int, Mapping[str, str]]  # its last line in the file, and its cells by column


@dataclass(frozen=True)
class Student:
    """A student of the class, from the roster or by the name of a submission.

    id: the name in every output. canvas: their cells in a Canvas gradebook, by column, if the
    roster is one.
    """

    id: str
    name: str = ""
    email: str = ""
    canvas: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The name that people read."""
        return self.name or self.id


def read_roster(path: Path) -> list[Student]:
    """The students of a CSV file, in its order. Raises RosterError.

    The first row names the columns: one of `id`, `student id`, `username`, `login`, and optionally
    `name` (or `first name` and `last name`) and `email`. A gradebook from Canvas works too. Commas,
    semicolons or tabs separate the columns.
    """
    try:
        with open(path, "rb") as file:
            return parse_roster(file.read(LARGEST + 1))
    except OSError as error:
        raise RosterError(f"The roster {path} could not be read: {error.strerror}.") from error
    except RosterError as error:
        raise RosterError(f"The roster {path}, {error}") from None


def parse_roster(data: bytes) -> list[Student]:
    """The students of a roster, from the file's bytes. Raises RosterError."""
    if len(data) > LARGEST:
        raise RosterError(f"more than {LARGEST // 2**20} MiB: this is no list of students.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RosterError(f'line {line}: not UTF-8. Save it as "CSV UTF-8".') from error
    lines = _lines(text)
    top, names = next(lines, (1, []))
    header = [_key(name) for name in names]
    if not KNOWN & set(header):
        raise RosterError(
            f"line {top}: no header. Let the first line name the columns: id, name, email."
        )
    # Of two columns with one name the first counts.
    rows = ((line, dict(reversed([*zip(header, cells, strict=True)]))) for line, cells in lines)
    if {"student", "id"} <= set(header) and CANVAS_ONLY & set(header):
        students = _canvas_students(rows)
    else:
        students = _students(rows, header, top)
    found: dict[str, tuple[int, Student]] = {}
    for line, student in students:
        if not student.id:
            raise RosterError(f"line {line}: the id is empty. Fill it in or delete the line.")
        if student.id in found:
            raise RosterError(
                f"lines {found[student.id][0]} and {line}: both have the id {quote(student.id)}. "
                "Delete one of them."
            )
        found[student.id] = line, student
    if not found:
        raise RosterError(f"line {top}: no student below the header. Add them, or leave it out.")
    return [student for _, student in found.values()]


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that isn't empty, as long as the first, and its last line in the file."""
    first = next((line for line in text.splitlines() if line.strip(f"{DELIMITERS} ")), "")
    delimiter = max(DELIMITERS, key=lambda mark: len(KNOWN & set(map(_key, first.split(mark)))))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    width = 0
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            width = width or len(cells)
            if any(cells[width:]):
                raise RosterError(
                    f"line {reader.line_num}: it has {len(cells)} cells, and the header {width}. "
                    "Put quotes around a cell with a separator in it."
                )
            yield reader.line_num, (cells + [""] * width)[:width]
    except csv.Error as error:
        raise RosterError(f"line {reader.line_num}: {error}. Check the quotes there.") from error


def _key(name: str) -> str:
    return " ".join(re.split(r"[\W_]+", name.casefold())).strip()


def _first(names: Iterable[str], columns: Iterable[str]) -> str | None:
    return next((name for name in names if name in columns), None)


def _students(
    rows: Iterable[Row], columns: Sequence[str], top: int
) -> Iterator[tuple[int, Student]]:
    id_column = _first(ID, columns)
    if id_column is None:
        raise RosterError(f"line {top}: no column is called id, username or login. Name it so.")
    whole = _first((name for name in NAME if name != id_column), columns)
    parts = [whole] if whole else [_first(FIRST, columns), _first(LAST, columns)]
    email = _first(EMAIL, columns)
    for line, row in rows:
        name = " ".join(row[part] for part in parts if part and row[part])
        yield line, Student(row[id_column], name, row[email] if email else "")


def _canvas_students(rows: Iterable[Row]) -> Iterator[tuple[int, Student]]:
    above = True  # the first rows are about the columns
    for line, row in rows:
        cells = {name: row[name.casefold()] for name in CANVAS if name.casefold() in row}
        name, number, login = cells["Student"], cells["ID"], cells.get("SIS Login ID", "")
        above = above and not (number or login) and name in ("", "Points Possible")
        if above or name == CANVAS_TEST_STUDENT:
            continue
        email = _first(EMAIL, row)
        yield line, Student(login or number, name, row[email] if email else "", cells)


def match(roster: Sequence[Student], found: Iterable[str]) -> dict[str, Student]:
    """The student of the roster for each name of a submission that fits exactly one.

    A name fits by the student's id, name, Canvas number, e-mail address or the part before its @;
    the name of a file from Canvas also by the Canvas number at its end.
    """
    by_id = {student.id: student for student in roster}
    aliases: defaultdict[str, set[str]] = defaultdict(set)
    numbers: defaultdict[str, set[str]] = defaultdict(set)
    for student in roster:
        names = {student.id, student.name, student.email, student.email.partition("@")[0]}
        names |= {value for column, value in student.canvas.items() if column != "Section"}
        for alias in names - {""}:
            aliases[_plain(alias)].add(student.id)
        if number := student.canvas.get("ID", ""):
            numbers[number].add(student.id)
    matched = {}
    for name in dict.fromkeys(found):
        in_canvas = re.fullmatch(r".+_([0-9]+)", name, re.DOTALL)
        ids = aliases[_plain(name)] | (numbers[in_canvas[1]] if in_canvas else set())
        if name in by_id:  # an id is never another student's
            matched[name] = by_id[name]
        elif len(ids) == 1:
            matched[name] = by_id[next(iter(ids))]
    return matched


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def join(
    roster: Sequence[Student], submissions: Sequence[Submission]
) -> tuple[list[Submission], list[Student]]:
    """The submissions under the ids of the roster; and all students.

    The roster comes first, with those who handed in nothing, then all who are not in it. If one
    student would get two submissions for one problem, both keep their names and a note says so.
    """
    matched = match(roster, (submission.student for submission in submissions))
    names: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for submission in submissions:
        if student := matched.get(submission.student):
            names[student.id, submission.problem_id].add(submission.student)
    twice = {student: both for (student, _), both in names.items() if len(both) > 1}
    joined = []
    for submission in submissions:
        student = matched.get(submission.student)
        if student and student.id in twice:
            both = " and ".join(quote(name) for name in sorted(twice[student.id]))
            one = quote(student.id)
            note = f"{both} are both {one} in the roster: each is marked under its own name."
            submission = replace(submission, notes=(*submission.notes, note))
        elif student:
            submission = replace(submission, student=student.id)
        joined.append(submission)
    ids = {student.id for student in roster}
    others = sorted({submission.student for submission in joined} - ids)
    return joined, [*roster, *map(Student, others)]
