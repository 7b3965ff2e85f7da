"""Text that others wrote, made safe to show: nothing in it moves a cursor or hides a character."""

from __future__ import annotations

import unicodedata

# Besides control characters: format characters (which reorder or hide text), private use,
# surrogates and unassigned code points, and the two Unicode line ends.
HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def visible(text: str, keep: str = "") -> str:
    """The text with each character that doesn't show written as an escape, such as `\\x1b`.

    `keep` lists exceptions, such as a newline where lines are wanted.
    """
    return "".join(
        char if char in keep or unicodedata.category(char) not in HIDDEN else _escape(char)
        for char in text
    )


def quote(text: str, limit: int = 80) -> str:
    """One visible line of at most `limit` characters."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
