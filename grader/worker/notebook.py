"""Reads a notebook of any format version: its code cells in order, without what they printed."""

import json
from typing import Any

from .cells import read_cell
from .source import Place, Source, SubmissionError, check_size, first_line, syntax_error


def read_notebook(data: bytes, name: str = "") -> Source:
    """The code cells of a notebook. Raises SubmissionError if the file is not a notebook.

    name: of the file, if it is not the submission's own.
    """
    cells = _code_cells(data, name)
    check_size(sum(len(text) for text, _ in cells), name)
    source = Source()
    for number, (text, count) in enumerate(cells, start=1):
        called = ", ".join(filter(None, (name, f"cell {number}")))
        try:
            piece, notes = read_cell(text, called, number=count or number)
        except SubmissionError as error:
            source.broken.append(error.raised)
        else:
            source.pieces.append(piece)
            source.notes += notes
    return source


def _code_cells(data: bytes, name: str) -> list[tuple[str, int]]:
    """The text of each code cell, and the number that it had when it was last run, or 0.

    Nothing else in the notebook is looked at, so damage there costs nothing.
    """
    try:
        notebook = json.loads(data)
        # Versions before 4 have worksheets, and other names.
        holders = [notebook, *notebook.get("worksheets", ())]
        cells = [cell for holder in holders for cell in holder.get("cells", ()) if cell]
        if not any("cells" in holder for holder in holders):
            raise ValueError("it has no cells")
        return [
            (_text(cell.get("source", cell.get("input"))), _number(cell))
            for cell in cells
            if cell.get("cell_type") == "code"
        ]
    except MemoryError:
        raise
    except Exception as error:  # depends on the malformed part
        why = f"the file is not a Jupyter notebook that can be read ({first_line(error)})"
        raise syntax_error(why, Place(name)) from None


def _text(source: Any) -> str:
    """A cell's text, which may be a list of lines, with any line ends."""
    text = source if isinstance(source, str) else "".join(source or ())
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _number(cell: dict[str, Any]) -> int:
    count = cell.get("execution_count", cell.get("prompt_number"))
    return count if type(count) is int and count > 0 else 0
