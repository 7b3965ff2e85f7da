"""Turns a notebook's cell into Python: cell magics, line magics, shell lines and help requests."""

import re
from functools import cache
from typing import Any

from .source import Piece, SubmissionError, parse
from .stand_ins import without_stand_ins

# A cell magic is in the first line that is neither blank nor a comment.
ABOVE = r"\A((?:[ \t]*(?:#[^\n]*)?\n)*)[ \t]*"
BLANK_ABOVE = re.compile(r"(?:[^\S\n]*\n)*")
CELL_MAGIC = re.compile(ABOVE + r"%%([^\s%]+)[ \t]*([^\n]*)\n?")
MOST_STACKED = 20  # cell magics above one cell
RUN = {"time", "capture", "prun", "debug"}  # the cell runs, as without them
AT_RUN_TIME = {"timeit", "writefile", "file"}  # the stand-in for IPython has more to do
NOT_PYTHON = set(  # or Python that doesn't share the notebook's names
    "! bash sh zsh sx system script shell cmd powershell perl ruby pypy python python2 python3 "
    "html HTML javascript js latex markdown svg SVG R julia octave matlab sql bigquery "
    "spark configure cython cpp cu fortran java node dot mermaid skip".split()
)
# What IPython may turn into Python: its magics and prompts, and an indented cell.
NOT_ONLY_PYTHON = re.compile(r"[%!?>]|\A\s|^In \[", re.MULTILINE)
# What Databricks writes above the cells of other languages, with one %.
OTHER_LANGUAGE = re.compile(ABOVE + r"%(?:md|md-sandbox|sql|scala|r|R|sh|fs)(?=\s|\Z)")


def read_cell(
    cell: str, name: str, line: int = 1, whole: str = "", number: int = 0
) -> tuple[Piece, list[str]]:
    """A cell as a piece of Python, and notes on it. Raises SubmissionError.

    line, whole: the cell starts at this line of a whole file. number: of a notebook's cell.
    """
    text, notes = unwrap(cell)
    at = name or f"line {line}"
    notes = [f"{at}: {note}" for note in notes]
    whole = whole or cell
    try:
        return parse(text, name, line, whole, number), notes
    except SubmissionError as error:
        not_python = error
    if not NOT_ONLY_PYTHON.search(text):
        raise not_python
    try:
        # It drops blank lines at the top, and then line numbers would be wrong.
        python = "\n" * BLANK_ABOVE.match(text)[0].count("\n") + transformer()(text)  # type: ignore[index]
    except Exception:  # depends on the text
        raise not_python from None
    return parse(python, name, line, whole, number), notes


def unwrap(cell: str) -> tuple[str, list[str]]:
    """The cell without the cell magics above it, and notes on those that are not known.

    What the magics keep from running is gone. Line numbers stay.
    """
    notes, after = list[str](), ""
    for _ in range(MOST_STACKED):
        found = CELL_MAGIC.match(cell)
        if found is None:
            break
        above, magic, line = found.groups()
        body, above = cell[found.end() :], "\n" * above.count("\n")
        if magic in NOT_PYTHON or magic.startswith("!"):
            return after, notes
        if magic in AT_RUN_TIME:
            call = f"get_ipython().run_cell_magic({magic!r}, {line.strip()!r}, {body!r})"
            return above + call + after, notes
        if magic == "capture":
            names = [word for word in line.split() if word.isidentifier()]
            after = f"\n{names[0]} = get_ipython().captured()" if names else after
        elif magic not in RUN:
            notes.append(f"`%%{magic[:30]}` does nothing here, and its cell was run without it")
        cell = above + "\n" + body
    if OTHER_LANGUAGE.match(cell):
        cell = ""
    return cell + after, notes


@cache
def transformer() -> Any:
    """IPython's own way from a cell to Python."""
    with without_stand_ins():
        from IPython.core.inputtransformer2 import TransformerManager

        return TransformerManager().transform_cell  # type: ignore[no-untyped-call]
