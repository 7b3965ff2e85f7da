"""The part of a submission's code that is worth showing."""

from __future__ import annotations

import re

MOST_LINES = 40


def function_text(code: str, entry_point: str) -> str:
    """The function of this name, to the next line that is not indented; "" if there is none."""
    lines = code.splitlines()
    starts = re.compile(rf"\s*def {re.escape(entry_point)}\b")
    first = next((n for n, line in enumerate(lines) if starts.match(line)), None)
    if first is None:
        return ""
    rest = lines[first + 1 :]
    last = next((n for n, line in enumerate(rest) if re.match(r"[^\s)#]", line)), len(rest))
    return "\n".join([lines[first], *rest[:last]][:MOST_LINES]).rstrip()
