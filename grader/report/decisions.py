"""Reads `decisions.csv`: what people decide by hand about marks, a row each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..common.bounded import read_bounded
from ..common.errors import DecisionsError, RosterError
from ..common.text import quote
from ..submissions.roster_columns import key
from ..submissions.roster_table import LARGEST, Table, TableKind, read_table

FILE = "decisions.csv"
COLUMNS = ("student", "problem", "group", "points", "reason")
KIND = TableKind("list of decisions", COLUMNS, ", ".join(COLUMNS), comment="#")
EVERYONE = ("", "*")
# Spreadsheets make 2 of +2, so words do as well; and people write other dashes for a minus.
POINTS = re.compile(r"(plus |minus |[+\-−–]|) ?([0-9]{1,6})", re.IGNORECASE)  # noqa: RUF001
ADDS = ("plus ", "+")


@dataclass(frozen=True)
class Decision:
    """One row. line: of the file. student: "" for everyone. problem: "" for the only one. group:
    "" for the whole problem. relative: whether `points` are added to those that there are.
    """

    line: int
    student: str
    problem: str
    group: str
    points: int
    relative: bool
    reason: str

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"{FILE}, line {self.line}"


def new_file_text() -> str:
    """A file without decisions, whose comments show by example how they are written."""
    return (
        f"{','.join(COLUMNS)}\n"
        "# A mark: ada,PROBLEM,,17,Shown in the office hour. Added points: bo,PROBLEM,,plus 2,Well "
        "tested. Points of a group: chen,PROBLEM,GROUP,1,The sandbox was slow.\n"
        "# For everyone: ,PROBLEM,GROUP,0,Left out: unclear. Group names are in groups.jsonl. "
        "Lines with # are not read.\n"
    )


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """The decisions in the order of the file; none if there is no file. Raises DecisionsError.

    The file is a table with a header, in any order of columns, as spreadsheets save it too.
    """
    try:
        return tuple(_decisions(read_table(read_bounded(path, LARGEST), KIND)))
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise DecisionsError(f"{path} could not be read: {error.strerror}.") from error
    except (RosterError, DecisionsError) as error:
        raise DecisionsError(f"{path}, {error}") from None
    except ValueError as error:
        raise DecisionsError(
            f"{path} could not be read: {error}. Put a table there, or remove it."
        ) from None


def _decisions(table: Table) -> Iterator[Decision]:
    header = [key(name) for name in table.header]
    for name in COLUMNS:
        if header.count(name) != 1:
            what = f"two columns are called {name}" if name in header else f"no column {name}"
            raise DecisionsError(
                f"line {table.top}: {what}. Let the header be: {','.join(COLUMNS)}."
            )
    for line, cells in table.rows:
        yield _decision(line, {name: cells[header.index(name)] for name in COLUMNS})


def _decision(line: int, cells: dict[str, str]) -> Decision:
    student, points = cells["student"], cells["points"]
    if student in EVERYONE:
        student = ""
    match = POINTS.fullmatch(points)
    if not match:
        said = f"the points are {quote(points)}" if points else "there are no points"
        raise DecisionsError(
            f"line {line}: {said}. Write a whole number: 17 for a mark, +2 or -1 for a change."
        )
    if not cells["reason"]:
        raise DecisionsError(
            f"line {line}: a decision without a reason. Write one: the student reads it."
        )
    sign, number = match[1].lower(), int(match[2])
    if not (student or cells["group"] or sign):
        raise DecisionsError(
            f"line {line}: everyone would have the same mark. Name a student or a group, or write "
            f"+{number} or -{number}."
        )
    return Decision(
        line,
        student,
        cells["problem"],
        cells["group"],
        number if sign in ADDS or not sign else -number,
        bool(sign),
        cells["reason"],
    )
