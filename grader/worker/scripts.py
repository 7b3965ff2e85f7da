"""Reads a Python file, also one that an editor or a service exported from a notebook.

Most exports are Python. The others are split into the cells that they were made of: Colab's, with
magics left in or commented out, Databricks' with its `# MAGIC` lines, and scripts with `# %%`
between cells. Marimo's cells are functions.
"""

import importlib.util
import re

from .cells import read_cell
from .marimo import is_marimo, read_marimo
from .notebook import read_notebook
from .source import Source, SubmissionError, check_size, parse, syntax_error

# Between cells: percent scripts and VS Code, nbconvert, Databricks.
MARKER = re.compile(r"#[ \t]*%%(?![A-Za-z!])|# In\[[ \d*]*\]:|# COMMAND -{5}|# <codecell>")
COLAB = "# Commented out IPython magic to ensure Python compatibility."
DATABRICKS = "# Databricks notebook source"
JUPYTEXT = re.compile(r"^# (?=%%(?:writefile|file)\s)", re.MULTILINE)
CELL_IN_COMMENT = re.compile(r"# %%[A-Za-z!]")
FUTURE = re.compile(r"from __future__ import ")
RAW_MAGIC = re.compile(r"%%[A-Za-z!]")
NOTEBOOK_LINE = re.compile(r"^[ \t]*(?:[\w, ]+=[ \t]*)?[!%?][^\n]*", re.MULTILINE)


def read_script(data: bytes, name: str = "") -> Source:
    """A Python file. Raises SubmissionError.

    name: of the file, if it is not the submission's own.
    """
    if data.lstrip().startswith(b"{") and b'"nbformat"' in data:
        source = read_notebook(data, name)
        source.notes.insert(0, "the file is a notebook, and was read as one in spite of its name")
        return source
    if b"\0" in data:
        why = "the file contains null bytes: save it as Python source, in UTF-8"
        raise syntax_error(why, (name,))
    text = _decode(data, name)
    check_size(len(text), name)
    error = None
    try:
        piece = parse(text, name)
        if is_marimo(piece.tree):
            return read_marimo(piece)
        if not _hides_cells(text):
            return Source.of(piece)
    except SubmissionError as raised:
        error = raised
    return _read_cells(text, name, error)


def _decode(data: bytes, name: str) -> str:
    """The text as Python reads it: by its coding cookie or mark, with any line ends."""
    try:
        return importlib.util.decode_source(data)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        why = "its text is not UTF-8, and its first lines name no other encoding that fits"
        raise syntax_error(why, (name,)) from None


def _hides_cells(text: str) -> bool:
    """Whether code of cells is in comments."""
    return (
        COLAB in text or text.lstrip().startswith(DATABRICKS) or JUPYTEXT.search(text) is not None
    )


def _read_cells(text: str, name: str, error: SubmissionError | None) -> Source:
    """The script cell by cell. Without cells, what is not Python is an error of the whole file.

    error: of the text as plain Python.
    """
    source, marked = Source(), False
    for line, cell in split(text):
        marked = marked or line > 1
        try:
            piece, notes = read_cell(cell, name, line, text)
        except SubmissionError as raised:
            source.broken.append(raised.raised)
        else:
            source.pieces.append(piece)
            source.notes += notes
    if source.broken and (not marked or not any(piece.tree.body for piece in source.pieces)):
        raise error or SubmissionError(source.broken[0])
    if error is not None:
        source.notes[:0] = _magic_note(text)
    return source


def _magic_note(text: str) -> list[str]:
    """The first line that only a notebook understands."""
    for found in NOTEBOOK_LINE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        return [f"line {line} is no Python but a notebook's: `{found[0].strip()[:60]}`"]
    return []


def split(text: str) -> list[tuple[int, str]]:
    """The cells of an exported script, each with its first line's number.

    Magics that the export has put into comments are magics again.
    """
    lines, starts = _uncommented(text)
    fresh = True  # nothing in this cell yet but comments and cell magics
    for number, line in enumerate(lines):
        magic = RAW_MAGIC.match(line) is not None
        if MARKER.match(line) or FUTURE.match(line) or (magic and not fresh):
            starts.add(number)
        empty = magic or line.startswith("#") or not line.strip()
        fresh = empty and (fresh or number in starts)
    ordered = sorted(starts)
    ends = [*ordered[1:], len(lines)]
    return [(a + 1, "\n".join(lines[a:b])) for a, b in zip(ordered, ends, strict=True)]


def _uncommented(text: str) -> tuple[list[str], set[int]]:
    """The lines without the comment signs that hide magics, and where that makes cells begin."""
    lines, starts = text.split("\n"), {0}
    databricks, colab, hidden = text.lstrip().startswith(DATABRICKS), False, False
    for number, line in enumerate(lines):
        if databricks and line.startswith("# MAGIC"):
            lines[number] = line.removeprefix("# MAGIC").removeprefix(" ")
        elif line.startswith(COLAB):
            colab = True
        elif hidden:  # below a cell magic, a cell of Colab's is all comment
            hidden = line.startswith("#")
            lines[number] = line.removeprefix("#").removeprefix(" ")
            starts |= set() if hidden else {number}
        elif colab and CELL_IN_COMMENT.match(line) and lines[number - 1].startswith(COLAB):
            hidden = True
            lines[number] = line.removeprefix("# ")
            starts.add(number)
        elif (colab and line.startswith("# %run ")) or JUPYTEXT.match(line):
            lines[number] = line.removeprefix("# ")
    return lines, starts
