"""Files and numbers that anyone may have written: each is taken only within bounds."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Annotated

from msgspec import Meta

# What is read from JSON; beyond these, no sum and no picture makes sense.
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Points = Annotated[int, Meta(ge=0, le=10**9)]
Seconds = Annotated[float, Meta(ge=0)]


def read_bounded(path: Path, limit: int) -> bytes:
    """A file's bytes, without following a link or waiting for a pipe. limit: in bytes.

    Raises ValueError if it is no regular file or too large, and OSError.
    """
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        raise ValueError("it is a symbolic link, which is not followed")
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is no regular file")
    if status.st_size > limit:
        raise ValueError(f"it has more than {limit // 2**20} MiB")
    # O_NOFOLLOW and O_NONBLOCK: the file may be replaced after the checks above.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(os.open(path, flags), "rb") as file:
        return file.read(status.st_size)
