"""Makes text of others safe to show: nothing in it moves the cursor or hides a character."""

import json
import re
import unicodedata
from bisect import bisect_right
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
READABLE = 2**14  # bytes of JSON: as much of one text as a person would read
SENTENCE = 2**10
NOT_SHOWN = "… the rest is not shown"
BEFORE_NOT_SHOWN = "what comes before is not shown …\n"
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


def shorten(text: str, most: int = READABLE) -> str:
    """The beginning of a text that takes more than `most` bytes as JSON, and words that say so."""
    if fitting(text, most) == len(text):
        return text
    return text[: fitting(text, most - len(NOT_SHOWN.encode()) - 6)] + NOT_SHOWN


def shorten_start(text: str, most: int = READABLE) -> str:
    """The end of a text that takes more than `most` bytes as JSON, below a line that says so: what
    was printed last is nearest to what went wrong.
    """
    if fitting(text, most) == len(text):
        return text
    backwards = text[: -most - 1 : -1]
    kept = fitting(backwards, most - len(BEFORE_NOT_SHOWN.encode()) - 6)
    return BEFORE_NOT_SHOWN + text[-kept:]


def fitting(text: str, most: int) -> int:
    """How many of its first characters take at most so many bytes as JSON in ASCII."""

    def size(count: int) -> int:
        return len(json.dumps(encodable(text[:count]))) - 2

    longest = min(len(text), most)
    if size(longest) <= most:
        return longest
    return bisect_right(range(longest), most, key=size) - 1


def without_machine(text: str, folders: Iterable[str]) -> str:
    """The text without what differs from machine to machine and from run to run: addresses in
    memory, and these folders at the start of a path.
    """
    for folder in sorted(filter(None, folders), key=len, reverse=True):
        if folder != "/":
            text = re.sub(rf"(?<![\w/]){re.escape(folder)}(?=/|\b|$)", "…", text)
    return ADDRESS.sub("0x…", text)


def without_frames(text: str, folder: str) -> str:
    """The text without the lines of tracebacks that are about files in this folder."""
    frame = rf'^([ |]*)File "{re.escape(folder)}/[^"\n]*", line [0-9]+(?:, in .*)?\n(?:\1  .*\n?)*'
    return re.sub(frame, "", text, flags=re.MULTILINE)


def encodable(value: Any) -> Any:
    """Plain data with texts that UTF-8 can hold: a file's name may have bytes that are none."""
    match value:
        case str() if not value.isascii():
            return value.encode("utf-8", "backslashreplace").decode()
        case list() | tuple():
            return [encodable(item) for item in value]
        case dict():
            return {encodable(key): encodable(item) for key, item in value.items()}
    return value
