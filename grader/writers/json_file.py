"""Writes a file whole or not at all; and a run as JSON."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from ..report_json import run_to_json
from ..run import Run


def write_json(path: Path, run: Run) -> None:
    """Writes the run in the form of the schema. Raises OSError."""
    text = json.dumps(run_to_json(run), indent=1, allow_nan=False)
    write_whole(path, text + "\n")


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes text as UTF-8, or bytes; beside its place first, so that a full disk leaves no half.

    Line ends stay as they are in the text. Raises OSError.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file():  # a device or a pipe must stay what it is
        path.write_bytes(data)
        return
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
