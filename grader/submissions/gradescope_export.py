"""Reads who handed in what from the `submission_metadata.yml` of a Gradescope export.

Only the lines that name students are read, in the one way that Gradescope writes them. Whatever
students could have written (their names, what their code printed) stands deeper in the file than
the lines that count, and is not taken for one.
"""

from __future__ import annotations

import re
import stat
from pathlib import Path

NAME = "submission_metadata.yml"
FOLDER = "submission_"  # how the names of its folders begin
LARGEST = 64 * 2**20  # bytes

TOP = re.compile(r"(?P<quote>['\"]?)(?P<folder>submission_[^'\":]+)(?P=quote):\s*")
LINE = re.compile(r"(?P<indent> *)(?P<dash>- )?:(?P<key>[a-z_]+):(?:\s+(?P<value>.*))?")
ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", "a": "\a", "b": "\b"}


class NotGradescope(ValueError):
    """The file isn't written as Gradescope writes it."""


def read_submitters(path: Path) -> dict[str, tuple[str, ...]]:
    """For each folder of the export its students: student ID, else e-mail address, else name.

    A folder whose students have none of these is missing. Raises NotGradescope.
    """
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST:
            raise NotGradescope(f"it is no regular file of at most {LARGEST // 2**20} MiB")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise NotGradescope(f"it could not be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise NotGradescope("it is not UTF-8") from error
    found = submitters(text)
    if not found:
        raise NotGradescope("it names no students in the way Gradescope does")
    return found


def submitters(text: str) -> dict[str, tuple[str, ...]]:
    """The same, from the file's text."""
    people: dict[str, list[dict[str, str]]] = {}
    folder, inner, dash = "", -1, -1  # columns: of a folder's keys, of a list's dashes
    listing = False
    for line in text.split("\n"):
        if not line.startswith(" "):
            top = TOP.fullmatch(line)
            # The first of a name counts, as everywhere here: nothing below can take it over.
            folder = top["folder"] if top and top["folder"] not in people else ""
            inner, listing = -1, False
            if folder:
                people[folder] = []
            continue
        match = LINE.match(line.rstrip("\r"))
        if not folder or match is None:
            continue
        column = len(match["indent"])
        if inner < 0:
            inner = column
        if column == inner and not match["dash"]:
            listing, dash = match["key"] == "submitters" and not match["value"], -1
        elif listing and match["dash"] and (column == dash or dash < 0):
            dash = column
            people[folder].append({match["key"]: _scalar(match["value"] or "")})
        elif listing and people[folder] and column == dash + 2:
            people[folder][-1].setdefault(match["key"], _scalar(match["value"] or ""))
    names = {
        folder: tuple(
            dict.fromkeys(
                who
                for one in everyone
                if (who := next((w for key in ("sid", "email", "name") if (w := one.get(key))), ""))
            )
        )
        for folder, everyone in people.items()
    }
    return {folder: who for folder, who in names.items() if who}


def _scalar(text: str) -> str:
    """A value that stands on its line; "" for nothing, and for one that goes on below it."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'").strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        return ESCAPE.sub(_unescaped, text[1:-1]).strip()
    if text in ("null", "~") or text[:1] in ("'", '"', "|", ">", "!", "&", "*", "{", "["):
        return ""
    return text


def _unescaped(match: re.Match[str]) -> str:
    *codes, letter = match.groups()
    if letter is not None:
        return ESCAPES.get(letter, letter)
    code = int(next(code for code in codes if code), 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
