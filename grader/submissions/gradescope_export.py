"""Reads from a Gradescope export who handed in what: its `submission_metadata.yml`."""

from pathlib import Path
from typing import Any

import yaml

from .submission import Identity, Unreadable, read_file

METADATA = "submission_metadata.yml"
FOLDER = "submission_"  # how the names of an export's folders begin
LARGEST = 64 * 2**20  # bytes
EMPTY = ("", "null", "~")  # how the metadata write that there is no value
# Keeps every value as text: a student ID such as 0012 is no number. The C version is faster.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class NotGradescope(ValueError):
    """The metadata can't be read as Gradescope writes them."""


def read_submitters(path: Path) -> dict[str, dict[str, Identity]]:
    """For each folder of the export its students, and what else it says about each.

    A student is called by the student ID, else the e-mail address, else the name.
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


def submitters(text: str) -> dict[str, dict[str, Identity]]:
    """For each folder its students, from the text of the metadata. Raises NotGradescope."""
    try:
        metadata = yaml.load(text, LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        raise NotGradescope("it is not YAML") from error
    found: dict[str, dict[str, Identity]] = {}
    for item in metadata.items() if isinstance(metadata, dict) else ():
        match item:
            case str(folder), {":submitters": list(people)} if folder.startswith(FOLDER):
                if named := {name: who for name, who in map(_person, people) if name}:
                    found[folder] = named
    if not found:
        raise NotGradescope("it names no students in the way Gradescope does")
    return found


def _person(person: Any) -> tuple[str, Identity]:
    """What the student is called, "" if the metadata say nothing; and all that they say."""
    about = person if isinstance(person, dict) else {}
    values = (about.get(key) for key in (":sid", ":email", ":name"))
    names = (value.strip() if isinstance(value, str) else "" for value in values)
    login, email, name = ("" if value in EMPTY else value for value in names)
    return login or email or name, Identity(login=login, email=email, full_name=name)
