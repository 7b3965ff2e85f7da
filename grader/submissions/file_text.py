"""A submission's file as people read it, and which of its lines a worker means."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

from ..worker.frames import Raised, Use
from .entry_point import code_cells

LONGEST = 2**14  # characters that are kept
LEFT_OUT = "# … {:,} more characters are not shown"


@dataclass(frozen=True)
class FileText:
    """text: of a notebook its code cells, each below a line `# cell 3`. It ends with a line that
    says so if it is cut. starts: the number of lines above the first one of each cell, by the
    cell's number from 1; a script is cell 0. count: of the lines that are the student's.
    """

    text: str
    starts: Mapping[int, int]
    count: int

    def line_at(self, claim: Raised | Use | None) -> int | None:
        """The line of the text that a worker means, from 1. None if there is none, or another."""
        if claim is None or claim.number < 1 or claim.cell not in self.starts:
            return None
        place = self.starts[claim.cell] + claim.number
        lines = self.text.split("\n")[: self.count]
        there = place <= len(lines) and lines[place - 1].strip().startswith(claim.line)
        return place if there else None


def read_text(data: bytes, notebook: bool) -> FileText:
    """Reads nothing as Python. Raises nothing, whatever the bytes are."""
    cells = code_cells(data) if notebook else None
    if cells is None:
        utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        whole = data.decode("utf-16" if utf16 else "utf-8-sig", "replace")
        return _cut(_lines(whole), {0: 0})
    text, starts, count = "", {}, 0
    for number, cell in enumerate(map(_lines, cells), 1):
        starts[number] = count + 1
        text += f"# cell {number}\n{cell}\n"
        count += cell.count("\n") + 2
        if len(text) > LONGEST:
            text += "\n".join(cells[number:])  # only to count what is left out
            break
    return _cut(text, starts)


def _lines(text: str) -> str:
    """The text with the line ends that Python sees."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


def _cut(text: str, starts: Mapping[int, int]) -> FileText:
    text = text.rstrip("\n")
    if len(text) <= LONGEST:
        return FileText(text, starts, text.count("\n") + 1)
    kept = text[:LONGEST]
    kept = kept[: kept.rfind("\n")] if "\n" in kept else kept
    left_out = LEFT_OUT.format(len(text) - len(kept))
    return FileText(f"{kept}\n{left_out}", starts, kept.count("\n") + 1)
