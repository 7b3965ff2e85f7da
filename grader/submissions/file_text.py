"""A submission's file as people read it, and which of its lines a worker means."""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..common.text import READABLE, fitting
from ..worker.frames import Raised, Use
from .entry_point import code_cells

LONGEST = READABLE - 200  # of JSON that is kept, so that there is room for the last line
LEFT_OUT = "# … {:,} more characters are not shown"
NOT_COMPARED = re.compile(r"[^!-~]+")  # it depends on the file's encoding


@dataclass(frozen=True)
class FileText:
    """text: of a notebook its code cells, each below a line `# cell 3`. It ends with a line that
    says so if it is cut. starts: the number of lines above the first one of each cell, by the
    cell's number from 1; a script is cell 0. count: of the lines that are the student's. cells: the
    whole of each cell.
    """

    text: str
    starts: Mapping[int, int]
    count: int
    cells: Mapping[int, str]

    def line_of(self, claim: Raised | Use) -> str | None:
        """The text of the line that a worker means, also if it is cut. None if there is no such
        line, or another.
        """
        lines = self.cells.get(claim.cell, "").split("\n")
        if claim.cell not in self.cells or not 1 <= claim.number <= len(lines):
            return None
        line = lines[claim.number - 1].strip()
        return line if compared(line).startswith(compared(claim.line)) else None

    def line_at(self, claim: Raised | Use | None) -> int | None:
        """The line of the text that a worker means, from 1. None if there is none, or another."""
        if claim is None or claim.cell not in self.starts or self.line_of(claim) is None:
            return None
        place = self.starts[claim.cell] + claim.number
        return place if place <= self.count else None


def compared(text: str) -> str:
    """What the grader and a worker see alike, whatever encoding either of them reads."""
    return NOT_COMPARED.sub("", text)


def read_text(data: bytes, notebook: bool) -> FileText:
    """Reads nothing as Python. Raises nothing, whatever the bytes are."""
    cells = code_cells(data) if notebook else None
    if cells is None:
        utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        whole = data.decode("utf-16" if utf16 else "utf-8-sig", "replace")
        return _cut(_lines(whole), {0: 0}, {0: _lines(whole)})
    by_number = dict(enumerate(map(_lines, cells), 1))
    text, starts, count = "", {}, 0
    for number, cell in by_number.items():
        starts[number] = count + 1
        text += f"# cell {number}\n{cell}\n"
        count += cell.count("\n") + 2
        if len(text) > LONGEST:
            text += "\n".join(cells[number:])  # only to count what is left out
            break
    return _cut(text, starts, by_number)


def _lines(text: str) -> str:
    """The text with the line ends that Python sees."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def _cut(text: str, starts: Mapping[int, int], cells: Mapping[int, str]) -> FileText:
    text = text.rstrip("\n")
    kept = text[: fitting(text, LONGEST)]
    if len(kept) == len(text):
        return FileText(text, starts, text.count("\n") + 1, cells)
    kept = kept[: kept.rfind("\n")] if "\n" in kept else kept
    left_out = LEFT_OUT.format(len(text) - len(kept))
    return FileText(f"{kept}\n{left_out}", starts, kept.count("\n") + 1, cells)
