"""The class: reads a roster from a CSV file, and tells whose work the submissions are."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..common.errors import RosterError
from ..common.text import quote
from . import Submission
from .student import Student

LARGEST = 10 * 2**20  # bytes
DELIMITERS = ",;\t"
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")  # what names a student there
# What a column may be called, without regard to case and punctuation; the first that is there.
ID = (
    "id",
    "student id",
    "id number",
    "sid",
    "username",
    "user name",
    "login",
    "login id",
    "student",
)
NAME = ("name", "full name", "student name", "student")
FIRST, LAST = ("first name", "given name"), ("last name", "family name", "surname")
EMAIL = ("email", "e mail", "email address", "e mail address", "mail")
KNOWN = {*ID, *NAME, *FIRST, *LAST, *EMAIL, *(name.casefold() for name in CANVAS)}


def read_roster(path: Path) -> list[Student]:
    """The students of a CSV file, in its order. Raises RosterError.

    The first row names the columns: one of `id`, `student id`, `username`, `login`; and, if they
    are there, `name` (or `first name` and `last name`) and `email`. Or it is a gradebook that was
    exported from Canvas. Commas, semicolons or tabs stand between the columns.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise RosterError(f"The roster {path} could not be read: {error.strerror}.") from error
    try:
        return parse_roster(data)
    except RosterError as error:
        raise RosterError(f"The roster {path}, {error}") from None


def parse_roster(data: bytes) -> list[Student]:
    """The same, from the file's bytes."""
    if len(data) > LARGEST:
        raise RosterError(f"more than {LARGEST // 2**20} MiB: this is no list of students.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RosterError(f'line {line}: not UTF-8. Save it as "CSV UTF-8".') from error
    delimiter = max(DELIMITERS, key=lambda mark: len(KNOWN & set(_header(text, mark))))
    rows = _rows(text, delimiter)
    top, names = next(rows, (1, []))
    columns = {_key(name): index for index, name in reversed([*enumerate(names)])}
    if not KNOWN & set(columns):
        raise RosterError(
            f"line {top}: no header. Let the first line name the columns: id, name, email."
        )
    if {"student", "id"} <= set(columns) and {"section", "sis login id", "sis user id"} & set(
        columns
    ):
        students = _canvas(columns, rows)
    else:
        students = _simple(columns, rows, top)
    lines: dict[str, int] = {}
    everyone = []
    for line, student in students:
        if not student.id:
            raise RosterError(f"line {line}: the id is empty. Fill it in or delete the line.")
        if student.id in lines:
            raise RosterError(
                f"lines {lines[student.id]} and {line}: both have the id {quote(student.id)}. "
                "Delete one of them."
            )
        lines[student.id] = line
        everyone.append(student)
    if not everyone:
        raise RosterError(f"line {top}: no student below the header. Add them, or leave it out.")
    return everyone


def _header(text: str, delimiter: str) -> list[str]:
    try:
        return [_key(name) for name in next(_rows(text, delimiter), (1, []))[1]]
    except RosterError:
        return []


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that isn't empty, and its last line in the file."""
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
            yield reader.line_num, cells + [""] * (width - len(cells))
    except csv.Error as error:
        raise RosterError(f"line {reader.line_num}: {error}. Check the quotes there.") from error


def _key(name: str) -> str:
    return " ".join(re.split(r"[\W_]+", name.casefold())).strip()


def _simple(
    columns: Mapping[str, int], rows: Iterable[tuple[int, list[str]]], top: int
) -> Iterator[tuple[int, Student]]:
    def find(names: Sequence[str], taken: int | None = None) -> int | None:
        return next((columns[n] for n in names if n in columns and columns[n] != taken), None)

    id_column = find(ID)
    if id_column is None:
        raise RosterError(f"line {top}: no column is called id, username or login. Name it so.")
    parts = [find(FIRST), find(LAST)]
    whole = find(NAME, taken=id_column)
    email = find(EMAIL)
    for line, row in rows:
        cells = [
            row[part] for part in ([whole] if whole is not None else parts) if part is not None
        ]
        yield (
            line,
            Student(
                id=row[id_column],
                name=" ".join(filter(None, cells)),
                email="" if email is None else row[email],
            ),
        )


def _canvas(
    columns: Mapping[str, int], rows: Iterable[tuple[int, list[str]]]
) -> Iterator[tuple[int, Student]]:
    here = {name: columns[name.casefold()] for name in CANVAS if name.casefold() in columns}
    email = next((columns[name] for name in EMAIL if name in columns), None)
    above = True  # rows that are about the columns, and not yet of students
    for line, row in rows:
        cells = {name: row[column] for name, column in here.items()}
        who, number, login = cells["Student"], cells["ID"], cells.get("SIS Login ID", "")
        above = above and not (number or login) and who in ("", "Points Possible")
        if above or who == "Student, Test":  # how Canvas calls its view of a student
            continue
        yield line, Student(login or number, who, "" if email is None else row[email], cells)


def match(roster: Sequence[Student], found: Iterable[str]) -> dict[str, Student]:
    """For the names that submissions go by the students of the roster, where there is just one.

    A name is an id, a Canvas number, an e-mail address or what stands before its @, or the
    student's name; or, of a file from Canvas, ends in a Canvas number.
    """
    by_id = {student.id: student for student in roster}
    aliases: defaultdict[str, set[str]] = defaultdict(set)
    numbers: defaultdict[str, set[str]] = defaultdict(set)
    for student in roster:
        for alias in _aliases(student):
            aliases[_plain(alias)].add(student.id)
        if number := student.canvas.get("ID", ""):
            numbers[number].add(student.id)
    matched = {}
    for name in dict.fromkeys(found):
        ids = aliases.get(_plain(name), set())
        if in_canvas := re.fullmatch(r".+_([0-9]+)", name, re.DOTALL):
            ids = ids | numbers.get(in_canvas[1], set())
        if name in by_id:  # nobody else can have it
            matched[name] = by_id[name]
        elif len(ids) == 1:
            matched[name] = by_id[next(iter(ids))]
    return matched


def _aliases(student: Student) -> set[str]:
    names = {student.id, student.name, student.email, student.email.partition("@")[0]}
    return (names | {value for key, value in student.canvas.items() if key != "Section"}) - {""}


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def join(
    roster: Sequence[Student], submissions: Sequence[Submission]
) -> tuple[list[Submission], list[Student]]:
    """The submissions under the ids of the roster; and everyone.

    Everyone is the roster, also those who handed in nothing, and then whoever is not in it. Where
    one student would get two submissions for one problem, both keep the names they came with,
    and their notes say so.
    """
    matched = match(roster, (submission.student for submission in submissions))
    names: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for submission in submissions:
        if submission.student in matched:
            key = matched[submission.student].id, submission.problem_id
            names[key].add(submission.student)
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
