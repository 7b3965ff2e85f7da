"""The assignments in a Canvas gradebook: their numbers, titles and points."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

# Canvas finds the assignment of a column by the number, whatever the title is.
TITLE = re.compile(r"(?P<title>.*?)\s*\((?P<number>[0-9]{1,19})\)", re.DOTALL)
POINTS_ROW = "Points Possible"  # in the row with the points


@dataclass(frozen=True)
class CanvasColumn:
    """An assignment. number: Canvas' own. points: the most that it gives, None if it says none."""

    number: int
    title: str
    points: float | None = None

    @property
    def header(self) -> str:
        """The column's name, as Canvas writes it."""
        return f"{self.title} ({self.number})"


def read_canvas_columns(
    header: Sequence[str], rows: Sequence[Sequence[str]]
) -> tuple[CanvasColumn, ...]:
    """The assignments that an import can give grades to. rows: all below the header."""
    possible = next((cells for cells in rows if POINTS_ROW in cells), repeat(""))
    return tuple(
        CanvasColumn(int(match["number"]), match["title"], _points(cell))
        for name, cell in zip(header, possible, strict=False)
        if (match := TITLE.fullmatch(name)) and "read only" not in cell
    )


def _points(cell: str) -> float | None:
    """The number, with a point or a comma before the decimals, as the course's language has it."""
    *whole, last = re.split("[.,]", cell)
    text = f"{''.join(whole)}.{last}" if whole else last
    return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{0,9})?", text) else None
