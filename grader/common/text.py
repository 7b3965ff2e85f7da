"""Makes text of others safe to show: nothing in it moves the cursor or hides a character."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

# Besides control characters: format characters (which reorder or hide text), private use,
# surrogates and unassigned code points, and the two Unicode line ends.
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
# Letters and marks that show as nothing, or only change how their neighbour is drawn.
BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
MOST_MARKS = 3  # on one letter; more would cover the lines around it


def visible(text: str, keep: str = "") -> str:
    """The text with each invisible character, except those in `keep`, as an escape (`\\x1b`)."""
    if text.isascii() and text.isprintable():
        return text
    shown, marks = [], 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        hidden = category in HIDDEN or marks > MOST_MARKS or BLANK.match(char)
        if hidden and char not in keep:
            char = char.encode("unicode_escape", "surrogatepass").decode("ascii")
        shown.append(char)
    return "".join(shown)


def quote(text: str, limit: int = 80) -> str:
    """One visible line of at most `limit` characters."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def quoted(name: str) -> str:
    """A name in a sentence, such as `"Ek, Bo"`: it may have commas."""
    return '"' + quote(name, 200).replace('"', '\\"') + '"'


def quoted_list(names: Iterable[str], most: int = 10) -> str:
    """Such as `"Ek, Bo", "cy" and 2 more`."""
    every = [quoted(name) for name in names]
    more = f" and {len(every) - most:,} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def without_machine(text: str, folders: Iterable[str]) -> str:
    """The text without what differs from machine to machine and from run to run: addresses in
    memory, and these folders at the start of a path.
    """
    for folder in sorted(filter(None, folders), key=len, reverse=True):
        if folder != "/":
            text = re.sub(rf"(?<![\w/]){re.escape(folder)}(?=/|\b|$)", "…", text)
    return ADDRESS.sub("0x…", text)


def encodable(value: Any) -> Any:
    """Plain data with texts that UTF-8 can hold: a file's name may have bytes that are none."""
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case list() | tuple():
            return [encodable(item) for item in value]
        case dict():
            return {encodable(key): encodable(item) for key, item in value.items()}
    return value
