"""Reads a notebook of any format version: its code cells in order, without what they printed."""

import json
import sys
from typing import Any

from .cells import read_cell
from .source import Source, SubmissionError, check_size, first_line, syntax_error
from .stand_ins import without_stand_ins


def import_notebook_libraries() -> None:
    """Imports what reads notebooks, ten times faster than usual if Jupyter is installed.

    In that case jsonschema would build a grammar of web addresses, which no notebook needs.
    """
    grammar = "rfc3987_syntax"
    modules: dict[str, Any] = sys.modules
    loaded = modules.setdefault(grammar, None)  # None stands for "not installed"
    try:
        with without_stand_ins():
            import IPython.core.inputtransformer2  # noqa: F401
            import nbformat  # noqa: F401
    finally:
        if loaded is None:
            del modules[grammar]


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
    """The text of each code cell, and the number that it had when it was last run, or 0."""
    import_notebook_libraries()
    import nbformat

    try:
        light = json.dumps(_without_outputs(json.loads(data.decode("utf-8-sig"))))
        notebook = nbformat.reads(light, as_version=4)  # type: ignore[no-untyped-call]
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        counts = [cell.get("execution_count") for cell in cells]
        texts = [str(cell.source).replace("\r\n", "\n").replace("\r", "\n") for cell in cells]
    except MemoryError:
        raise
    except Exception as error:  # depends on the malformed part
        why = f"{name or 'the file'} is not a Jupyter notebook that can be read"
        raise syntax_error(f"{why} ({first_line(error)})") from None
    numbers = [count if type(count) is int and count > 0 else 0 for count in counts]
    return list(zip(texts, numbers, strict=True))


def _without_outputs(notebook: Any) -> Any:
    """The notebook with its code cells alone, and without their outputs, which may be large."""
    for holder in (notebook, *notebook.get("worksheets", ())):  # in which older versions keep cells
        if "cells" in holder:
            holder["cells"] = [
                {**cell, "outputs": [], "metadata": {}}
                for cell in holder["cells"]
                if cell["cell_type"] == "code"
            ]
    return {"metadata": {}, "nbformat_minor": 0, **notebook}
