"""Searches a file's text for a problem's entry point, and tells whether it is still the template's.

Nothing is read as Python here: that is the worker's task. Every search is bounded.
"""

import codecs
import re
from enum import IntEnum
from itertools import islice, takewhile
from pathlib import Path

import msgspec

from ..course.catalogue import Entry
from .submission import code_suffix

LONGEST_SEARCHED = 2**21  # characters of a file; no more code is graded
LONGEST_TEMPLATE = 2**14  # characters of a function that is compared with the template's
MOST_COMPARED = 100  # functions of one file

GAP = r"[ \t]{0,20}"
DOCSTRING = re.compile(r"(\"\"\"|''').*?\1", re.DOTALL)
SIGNATURE = re.compile(r"[^:]*?\([^()]*(?:\([^()]*\)[^()]*)*\)[^:]*:", re.DOTALL)
NO_BODY = re.compile(r"(raise NotImplementedError\b.*|pass|\.\.\.)?")


class Trace(IntEnum):
    """What a file's text has of an entry point; the lowest has most."""

    DEFINES = 0
    IMPORTS = 1
    NOTHING = 2
    TEMPLATE = 3


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""
    input: str | list[str] = ""  # its name in notebooks of before 2015

    @property
    def text(self) -> str:
        return "".join(self.source or self.input)


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    cells: list[_Cell] = []
    worksheets: list[_Worksheet] = []

    @property
    def all(self) -> list[_Cell]:
        return [*self.cells, *(cell for sheet in self.worksheets for cell in sheet.cells)]


def code_text(path: Path, data: bytes) -> str:
    """The text that is searched: of a notebook its code cells, if it can be read as one. Line ends
    in strings become line ends, for the cells that an export wrote as strings.
    """
    cells = code_cells(data) if code_suffix(path) == ".ipynb" else None
    text = data[:LONGEST_SEARCHED].decode("utf-8", "replace")
    if cells is not None:
        text = "\n".join(cells)
    return "\n".join(text[:LONGEST_SEARCHED].splitlines()).replace("\\n", "\n")


def code_cells(data: bytes) -> list[str] | None:
    """The text of each code cell of a notebook; None if it can't be read as one."""
    try:  # skips the outputs, however large and deep they are
        cells = msgspec.json.decode(data.removeprefix(codecs.BOM_UTF8), type=_Notebook).all
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return [cell.text for cell in cells if cell.cell_type == "code"]


def find_entry_point(text: str, entry: Entry) -> Trace:
    """What a text has of a problem's entry point.

    `def f`, `class f`, `as f`, `f =` and `f: T =` define it. It is still the template's if each
    `def f` has the body of the one in the problem's stub, or none, and nothing else defines it.
    """
    point = entry.problem.entry_point
    if point not in text:
        return Trace.NOTHING  # at once: most files of a whole course are the grader's
    name = re.escape(point)
    assigned = rf"\b{name}{GAP}(?::[^=\n]{{0,200}})?=(?!=)"
    other = re.search(rf"\b(?:class|as)[ \t]{GAP}{name}\b|{assigned}", text)
    bodies = _bodies(text, point)
    if bodies and not other:
        try:
            template = _bodies((entry.folder / "stub.py").read_text("utf-8"), point)
        except (OSError, UnicodeDecodeError):
            template = []
        if all(b is not None and (b in template or NO_BODY.fullmatch(b)) for b in bodies):
            return Trace.TEMPLATE
    if other or bodies:
        return Trace.DEFINES
    in_brackets = rf"^{GAP}{name},?$"
    imported = rf"\bimport\b[^#\n]{{0,200}}\b{name}\b"
    used = re.search(f"{imported}|{in_brackets}", text, re.MULTILINE)
    return Trace.IMPORTS if used else Trace.NOTHING


def _bodies(text: str, name: str) -> list[str | None]:
    """The body of each function of that name; None if it is long."""
    pattern = rf"^(?P<indent>.*)\bdef[ \t]{GAP}{re.escape(name)}\b"
    functions = re.finditer(pattern, text, re.MULTILINE)
    return [_body(text, match) for match in islice(functions, MOST_COMPARED)]


def _body(text: str, match: re.Match[str]) -> str | None:
    """Without docstring, comments and line ends."""
    block = text[match.start() : match.start() + LONGEST_TEMPLATE]
    first, *lines = re.sub(r"#[^\n]*", "", DOCSTRING.sub("", block)).split("\n")
    indent = _width(match["indent"])
    # It ends with the next line that is not further in, and no bracket that ends the signature.
    inside = takewhile(
        lambda line: not line.strip() or line.lstrip()[0] == ")" or _width(line) > indent, lines
    )
    code = "\n".join([first, *inside])
    signature = SIGNATURE.match(code)
    if len(code) + 1 >= len(block) == LONGEST_TEMPLATE or signature is None:
        return None
    return " ".join(code[signature.end() :].split())


def _width(line: str) -> int:
    line = line.expandtabs()
    return len(line) - len(line.lstrip())
