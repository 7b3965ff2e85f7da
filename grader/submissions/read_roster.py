"""Reads the roster: the students of a class, from a CSV file."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..common.errors import RosterError
from ..common.text import quote
from .canvas_columns import POINTS_ROW, CanvasColumn, read_canvas_columns
from .roster import Student, is_test_student
from .roster_columns import CANVAS, Columns, is_canvas, key, read_columns
from .roster_table import LARGEST, Table, read_table

# Moodle's number of a participant, in its grading worksheets.
PARTICIPANT = re.compile(r"(?:participante?|teilnehmer(?:/?in)?)\s*([0-9]{1,20})", re.IGNORECASE)
# A row about the columns and no student, as `key` makes it, if nothing else in it is a name.
TOTAL = re.compile(
    "(?:grand |overall |class )?(?:total|totals|sum|average|mean|median|count|points possible"
    "|max points|maximum|summe|gesamt|durchschnitt|mittelwert|anzahl|somme|moyenne|suma|promedio"
    "|media)(?: general| [0-9 ]+)?"
)
# Systems mark ids so that no spreadsheet makes numbers of them: `#0012`, `'0012`, `="0012"`.
AS_TEXT = re.compile(r"^(?:#|'(?=[0-9])|=\"(?=.*\"$))([^\"]*)\"?$")
MOST_LINES = 5  # named in one sentence


@dataclass(frozen=True)
class Roster:
    """The students in the order of the file. choices: what was decided in reading them, a sentence
    each. canvas_columns: the assignments, if it is a Canvas gradebook.
    """

    students: tuple[Student, ...] = ()
    choices: tuple[str, ...] = ()
    canvas_columns: tuple[CanvasColumn, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row that names a student, or else `no_student` says why not. id_from: the kind of cell that
    the id is from.
    """

    student: Student
    id_from: str = "id"
    no_student: str = ""


def read_roster(path: Path) -> Roster:
    """The roster in a CSV file. Raises RosterError.

    A row names the columns, such as id, name and e-mail, in English, German, French or Spanish, or
    as a learning system does. Commas, semicolons or tabs separate them.
    """
    try:
        with open(path, "rb") as file:
            return parse_roster(file.read(LARGEST + 1))
    except OSError as error:
        raise RosterError(f"The roster {path} could not be read: {error.strerror}.") from error
    except RosterError as error:
        raise RosterError(f"The roster {path}, {error}") from None


def parse_roster(data: bytes) -> Roster:
    """The roster, from the file's bytes. Raises RosterError."""
    table = read_table(data)
    header = [key(name) for name in table.header]
    columns = read_columns(header)
    if not columns.some:
        raise RosterError(
            f"line {table.top}: no column is called id, username, e-mail or name. Name it so."
        )
    choices = [*table.choices]
    if len(columns.ids) > 1:
        choices.append(f"The roster's ids are in its column {quote(table.header[columns.ids[0]])}.")
    found: dict[str, int] = {}  # lines, by id
    students: list[Student] = []
    without_id: dict[str, list[str]] = {}  # ids, by what they are from
    left_out: dict[str, list[int]] = {}  # lines, by the reason
    canvas = is_canvas(header)
    rows = _canvas_rows(table, columns) if canvas else _rows(table, columns)
    for line, row in rows:
        student = row.student
        if row.no_student:
            left_out.setdefault(row.no_student, []).append(line)
            continue
        if student.id in found:
            raise RosterError(
                f"lines {found[student.id]} and {line}: both have the id {quote(student.id)}. "
                "Delete one of them, or give each an id."
            )
        found[student.id] = line
        students.append(student)
        if row.id_from != "id":
            without_id.setdefault(row.id_from, []).append(student.id)
    if not students:
        raise RosterError(
            f"line {table.top}: no student below the header. Add them, or leave it out."
        )
    for what, ids in without_id.items():
        choices.append(
            f"{len(ids)} of the roster have no id, so the {what} is their id, such as "
            f"{quote(ids[0])}."
        )
    for why, lines in left_out.items():
        more = " …" if len(lines) > MOST_LINES else ""
        shown = ", ".join(map(str, lines[:MOST_LINES]))
        choices.append(f"No student is in line {shown}{more} of the roster: {why}.")
    cells = [cells for _, cells in table.rows]
    assignments = read_canvas_columns(table.header, cells) if canvas else ()
    return Roster(tuple(students), tuple(choices), assignments)


def _rows(table: Table, columns: Columns) -> Iterator[tuple[int, Row]]:
    for line, cells in table.rows:
        yield line, _read_row(cells, columns)


def _canvas_rows(table: Table, columns: Columns) -> Iterator[tuple[int, Row]]:
    """The rows of a Canvas gradebook, without those at its top that are about the columns."""
    places = {key(name): place for place, name in reversed([*enumerate(table.header)])}
    known = {name: places[name.casefold()] for name in CANVAS if name.casefold() in places}
    ids = [known[n] for n in ("SIS Login ID", "ID", "SIS User ID") if n in known]
    columns = Columns(ids, [known["ID"]], columns.emails, [[known["Student"]]])
    above = True
    for line, cells in table.rows:
        name = cells[known["Student"]]
        above = above and not any(cells[n] for n in ids) and name in ("", POINTS_ROW)
        if not above:
            canvas = {name: cells[place] for name, place in known.items()}
            yield line, _read_row(cells, columns, canvas)


def _read_row(cells: Sequence[str], columns: Columns, canvas: dict[str, str] | None = None) -> Row:
    def filled(places: Sequence[int]) -> list[str]:
        return [cell for place in places if (cell := AS_TEXT.sub(r"\1", cells[place]).strip())]

    ids, numbers, emails = map(filled, (columns.ids, columns.numbers, columns.emails))
    participants = [match[1] for name in ids if (match := PARTICIPANT.fullmatch(name))]
    ids = [name for name in ids if not PARTICIPANT.fullmatch(name)]
    name = " ".join(cell for part in columns.names for cell in filled(part)[:1])
    said = {"id": ids[:1], "e-mail address": emails[:1], "full name": [name] if name else []}
    id_from, own = next(((what, of[0]) for what, of in said.items() if of), ("", ""))
    student = Student(
        own,
        name,
        email=next(iter(emails), ""),
        canvas=canvas or {},
        other_ids=tuple(dict.fromkeys([*ids[1:], *emails[1:]])),
        number=next(iter(numbers + participants), ""),
    )
    why = ""
    if not own:
        why = "no id, e-mail address or name"
    elif is_test_student(name) and (canvas or not emails):
        why = "the test student of Canvas"
    elif len({*ids, *emails, name} - {""}) == 1 and TOTAL.fullmatch(key(own)):
        why = "it is about the columns"
    return Row(student, id_from, why)
