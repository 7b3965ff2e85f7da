"""Files and numbers that anyone may have written: each is taken only within bounds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from .folders import open_folder

# What is read from JSON; beyond these, no sum and no picture makes sense.
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Points = Annotated[int, Meta(ge=0, le=10**9)]
Seconds = Annotated[float, Meta(ge=0)]


def read_bounded(path: Path, limit: int) -> bytes:
    """A file's bytes, without following a link or waiting for a pipe. limit: in bytes.

    Raises ValueError if it is no regular file or too large, and OSError.
    """
    with open_folder(path.parent) as folder:
        return folder.read_bounded(path.name, limit)
