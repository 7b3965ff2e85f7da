"""Writes a run as JSON, whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..report import Report
from ..report_json import run_to_json
from ..submissions import NotUnderstood


def write_json(
    path: Path, seed: int, reports: Sequence[Report], not_understood: Sequence[NotUnderstood]
) -> None:
    """Writes the file beside its place first, so that a full disk can't leave half of it.

    Raises OSError.
    """
    text = json.dumps(run_to_json(seed, reports, not_understood), indent=1, allow_nan=False)
    if path.exists() and not path.is_file():  # a device or a pipe must stay what it is
        path.write_text(text + "\n", encoding="utf-8")
        return
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
