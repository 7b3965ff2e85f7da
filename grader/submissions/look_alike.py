"""Tells which students have names that may be read as others, as in Unicode's report 39: names that
mix scripts, and names that look like another student's.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from ..common.text import quoted, visible
from .roster import Student

LATIN = "LATIN"
# What the report calls "highly restrictive": these are written together in one word.
TOGETHER = [
    {LATIN, "HAN", "HIRAGANA", "KATAKANA"},
    {LATIN, "HAN", "BOPOMOFO"},
    {LATIN, "HAN", "HANGUL"},
]
OF_ANY_SCRIPT = {"COMMON", "INHERITED"}


def look_alike(students: Sequence[Student]) -> dict[str, str]:
    """Sentences on the students whose id or name may be read as another, by their ids.

    Names that are equal to the last character are namesakes, and are not among them.
    """
    texts = [
        (student.id, text)
        for student in students
        for text in dict.fromkeys((student.id, student.name))
        if text.strip()
    ]
    by_look: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for student, text in texts:
        by_look[_look(text)].append((student, text))
    found: defaultdict[str, list[str]] = defaultdict(list)
    for student, text in texts:
        if scripts := _mixed(text):
            names = " and ".join(script.capitalize() for script in scripts)
            found[student].append(f"{_spelt(text)} mixes {names} letters.")
        others = (t for other, t in by_look[_look(text)] if other != student and t != text)
        if other := next(others, None):
            found[student].append(f"{_spelt(text)} looks like another student, {_spelt(other)}.")
    return {student: " ".join(sentences) for student, sentences in found.items()}


def _spelt(text: str) -> str:
    """A name in quotes, and in ASCII if it is not in ASCII: that tells it apart."""
    return quoted(text) + ("" if text.isascii() else f" ({ascii(text[:100])[1:-1]})")


def _look(text: str) -> str:
    """Equal for texts that look alike: the report's skeleton, of what is shown of the text."""
    shown = unicodedata.normalize("NFKD", visible(" ".join(text.split())))
    return "".join(map(_prototype, shown))


@cache
def _prototype(char: str) -> str:
    """The character that stands for all that look like this one."""
    from confusable_homoglyphs.confusables import confusables_data  # takes 50 ms

    # The data lead from a character to its prototype, and from there to all others.
    alike = confusables_data.get(char, ())
    if len(alike) != 1:
        return char
    other: str = alike[0]["c"]
    return other if len(confusables_data[other]) > 1 else min(char, other)


@cache
def _script(char: str) -> str:
    from confusable_homoglyphs.categories import alias

    name: str = alias(char)
    return name


def _mixed(text: str) -> list[str]:
    """The scripts that one word mixes, and those of a word that looks Latin beside a Latin one."""
    if text.isascii():
        return []
    letters = unicodedata.normalize("NFC", text)
    words = "".join(c if unicodedata.category(c)[0] in "LM" else " " for c in letters).split()
    of_words = {word: _scripts(word) for word in words}
    beside_latin = {LATIN} in of_words.values()
    for word, scripts in of_words.items():
        if len(scripts) > 1 and not any(scripts <= together for together in TOGETHER):
            return sorted(scripts)
        if beside_latin and scripts != {LATIN} and _look(word).isascii():
            return sorted({LATIN, *scripts})
    return []


def _scripts(letters: Iterable[str]) -> set[str]:
    return {_script(char) for char in letters} - OF_ANY_SCRIPT
