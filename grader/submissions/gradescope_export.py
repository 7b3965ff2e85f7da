"""Reads from a Gradescope export who handed in what, and when: `submission_metadata.yml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .submission import NOTHING_SAID, HandedIn, Identity, Unreadable, read_file
from .times import read_time, told_by

METADATA = "submission_metadata.yml"
FOLDER = "submission_"  # how the names of an export's folders begin
LARGEST = 64 * 2**20  # bytes
EMPTY = ("", "null", "~")  # how the metadata write that there is no value
# Keeps every value as text: a student ID such as 0012 is no number. The C version is faster.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class NotGradescope(ValueError):
    """The metadata can't be read as Gradescope writes them."""


@dataclass(frozen=True)
class Upload:
    """What one folder of the export holds. students: each with what else is said about them."""

    students: Mapping[str, Identity] = field(default_factory=dict)
    handed_in: HandedIn = NOTHING_SAID


def read_uploads(path: Path) -> dict[str, Upload]:
    """For each folder of the export its students, and when they handed it in.

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
    return uploads(text)


def uploads(text: str) -> dict[str, Upload]:
    """What the text of the metadata says about each folder. Raises NotGradescope."""
    try:
        metadata = yaml.load(text, LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        raise NotGradescope("it is not YAML") from error
    found: dict[str, Upload] = {}
    for item in metadata.items() if isinstance(metadata, dict) else ():
        match item:
            case str(folder), {":submitters": list(people), **more} if folder.startswith(FOLDER):
                if named := {name: who for name, who in map(_person, people) if name}:
                    found[folder] = Upload(named, _handed_in(more.get(":created_at")))
    if not found:
        raise NotGradescope("it names no students in the way Gradescope does")
    return found


def _handed_in(created: Any) -> HandedIn:
    return told_by("Gradescope", read_time(created) if isinstance(created, str) else "")


def _person(person: Any) -> tuple[str, Identity]:
    """What the student is called, "" if the metadata say nothing; and all that they say."""
    about = person if isinstance(person, dict) else {}
    values = (about.get(key) for key in (":sid", ":email", ":name"))
    names = (value.strip() if isinstance(value, str) else "" for value in values)
    login, email, name = ("" if value in EMPTY else value for value in names)
    return login or email or name, Identity(login=login, email=email, full_name=name)
