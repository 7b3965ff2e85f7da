"""Reads from a Gradescope export who handed in what: its `submission_metadata.yml`."""

from pathlib import Path
from typing import Any

import yaml

from .submission import Unreadable, read_file

METADATA = "submission_metadata.yml"
FOLDER = "submission_"  # how the names of an export's folders begin
LARGEST = 64 * 2**20  # bytes
EMPTY = ("", "null", "~")  # how the metadata write that there is no value
# Keeps every value as text: a student ID such as 0012 is no number. The C version is faster.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class NotGradescope(ValueError):
    """The metadata can't be read as Gradescope writes them."""


def read_submitters(path: Path) -> dict[str, tuple[str, ...]]:
    """For each folder of the export its students: student ID, else e-mail address, else name.

    A folder is missing if its students have none of these. Raises NotGradescope.
    """
    try:
        text = read_file(path, LARGEST).decode("utf-8-sig")
    except Unreadable as error:
        raise NotGradescope(f"it is no regular file of at most {LARGEST // 2**20} MiB") from error
    except OSError as error:
        raise NotGradescope(f"it could not be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise NotGradescope("it is not UTF-8") from error
    return submitters(text)


def submitters(text: str) -> dict[str, tuple[str, ...]]:
    """For each folder its students, from the text of the metadata. Raises NotGradescope."""
    try:
        metadata = yaml.load(text, LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        raise NotGradescope("it is not YAML") from error
    found: dict[str, tuple[str, ...]] = {}
    for item in metadata.items() if isinstance(metadata, dict) else ():
        match item:
            case str(folder), {":submitters": list(people)} if folder.startswith(FOLDER):
                if names := dict.fromkeys(filter(None, map(_name, people))):
                    found[folder] = tuple(names)
    if not found:
        raise NotGradescope("it names no students in the way Gradescope does")
    return found


def _name(person: Any) -> str:
    about = person if isinstance(person, dict) else {}
    values = (about.get(key) for key in (":sid", ":email", ":name"))
    names = (value.strip() for value in values if isinstance(value, str))
    return next((name for name in names if name not in EMPTY), "")
