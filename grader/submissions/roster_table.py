"""Reads the bytes of a roster as a table: its encoding, its separator, and where its header is."""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from ..common.errors import RosterError
from ..common.text import quote
from .code_pages import best_page
from .roster_columns import KNOWN, key

LARGEST = 10 * 2**20  # bytes
SEPARATORS = ",;\t"
# As Excel writes it above the header.
SEP_LINE = re.compile(r'"?sep=(.)"?[,;\t ]*(?:[\r\n]|$)', re.IGNORECASE)
MOST_ABOVE = 20  # rows above the header
# The 8-bit pages that files are written in, the most frequent first.
PAGES = {
    "cp1252": "Windows-1252",
    "iso8859_15": "ISO 8859-15",
    "cp1250": "Windows-1250",
    "mac_roman": "Mac Roman",
    "cp850": "DOS 850",
}


@dataclass(frozen=True)
class TableKind:
    """What a table is. name: in messages. columns: the names that its header may have, as `key`
    makes them. example: of a header. comment: the beginning of rows that are not read, if any is.
    """

    name: str
    columns: Collection[str]
    example: str
    comment: str = ""

    def filled(self, rows: Iterable[list[str]]) -> Iterator[list[str]]:
        """The rows that are neither empty nor a comment."""
        for row in rows:
            is_comment = self.comment and row and row[0].lstrip().startswith(self.comment)
            if any(map(str.strip, row)) and not is_comment:
                yield row


ROSTER = TableKind("roster", KNOWN, "id, name, email")


@dataclass(frozen=True)
class Table:
    """A table's rows below the header, each as wide as it, with their last lines in the file.

    top: the line of the header. choices: what was decided about the bytes, a sentence each.
    """

    header: Sequence[str]
    top: int
    rows: Sequence[tuple[int, Sequence[str]]]
    choices: Sequence[str]


def read_table(data: bytes, kind: TableKind = ROSTER) -> Table:
    """Raises RosterError if the bytes are no table with a header."""
    if len(data) > LARGEST:
        raise RosterError(f"more than {LARGEST // 2**20} MiB: this is no {kind.name}.")
    text, encoding = decode(data)
    choices = [f"The {kind.name} is read as {encoding}."] if encoding else []
    named = SEP_LINE.match(text)
    separator, above, top = _find_header(text, named[1] if named else SEPARATORS, kind)
    if above > bool(named):
        choices.append(f"The {kind.name}'s header is line {top}; nothing above it is read.")
    lines = _lines(text, separator, above, kind)
    top, header = next(lines)
    return Table(header, top, list(lines), choices)


def decode(data: bytes) -> tuple[str, str]:
    """The text, and the name of the encoding if it is no UTF-8. Raises RosterError."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _decode(data, encoding), "UTF-16" if encoding == "utf-16" else ""
    # A header has ASCII letters: in UTF-16, every second byte of those is zero.
    some = data[:200]
    for zeros, encoding in ((some[1::2], "utf-16-le"), (some[::2], "utf-16-be")):
        if 2 * zeros.count(0) > len(zeros):
            return _decode(data, encoding), "UTF-16"
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        page = best_page([data], [*PAGES])
        return data.decode(page, "replace"), f"{PAGES[page]}, since it is not UTF-8"


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = "UTF-8" if encoding.startswith("utf-8") else "UTF-16"
        line = data[: error.start].decode(encoding, "ignore").count("\n") + 1
        raise RosterError(f'line {line}: not {name}. Save it as "CSV UTF-8".') from error


def _find_header(text: str, separators: str, kind: TableKind) -> tuple[str, int, int]:
    """The separator, how many rows lie above the header, and the header's line.

    The header is the row with the most names of columns. Raises RosterError.
    """
    best, found = 0, None
    for separator in separators:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        try:
            rows = ((row, reader.line_num) for row in kind.filled(reader))
            for above, (row, line) in enumerate(islice(rows, MOST_ABOVE + 1)):
                names = len(set(kind.columns) & set(map(key, row)))
                if names > best:
                    best, found = names, (separator, above, line)
        except csv.Error:
            continue  # what is wrong is said when the right separator is known
    if found is None:
        raise RosterError(
            f"line 1: no header. Let the first line name the columns: {kind.example}."
        )
    return found


def _lines(
    text: str, separator: str, above: int, kind: TableKind
) -> Iterator[tuple[int, Sequence[str]]]:
    """The header and each filled row below it, as wide as the header, and its last line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    width = 0
    try:
        for row in islice(kind.filled(reader), above, None):
            line = reader.line_num
            cells = [cell.strip() for cell in row]
            width = width or len(cells)
            if any(cells[width:]):
                raise RosterError(
                    f"line {line}: it has {len(cells)} cells, and the header {width}. "
                    f"Put quotes around a cell with a separator ({quote(repr(separator))}) in it."
                )
            yield line, (cells + [""] * width)[:width]
    except csv.Error as error:
        line = reader.line_num
        raise RosterError(f"line {line}: {error}. Check the quotes there.") from error
