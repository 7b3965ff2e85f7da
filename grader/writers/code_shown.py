"""Pieces of a submission's code, found by their text: nothing of it is read as Python."""

from __future__ import annotations

import re
import textwrap

MOST_LINES = 40


def function_text(code: str, entry_point: str) -> str:
    """The text of the function of that name, the last if there are several, with its decorators;
    at most `MOST_LINES` lines. "" if it is not found.
    """
    definition = re.compile(rf"([ \t]*)(?:async[ \t]+)?def[ \t]+{re.escape(entry_point)}\b")
    lines = code.split("\n")
    starts = [n for n, line in enumerate(lines) if definition.match(line)]
    if not starts:
        return ""
    first = starts[-1]
    indent = _width(lines[first])
    last = first
    for number in range(first + 1, len(lines)):
        line = lines[number].strip()
        # A bracket there ends the signature, and no function.
        if line and _width(lines[number]) <= indent and line[0] not in ")]}":
            break
        last = number if line else last
    while first and lines[first - 1].lstrip().startswith("@"):
        first -= 1
    shown = lines[first : last + 1]
    if len(shown) > MOST_LINES:
        shown = [*shown[: MOST_LINES - 1], " " * indent + "…"]
    return textwrap.dedent("\n".join(line.expandtabs() for line in shown))


def _width(line: str) -> int:
    line = line.expandtabs()
    return len(line) - len(line.lstrip())
