"""Writes a run as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from ..common.files import write_whole
from ..report.report_json import run_to_json
from ..report.run import Run


def write_json(path: Path, run: Run) -> None:
    """Writes the run in the form of the schema. Raises OSError."""
    text = json.dumps(run_to_json(run), indent=1, allow_nan=False)
    write_whole(path, text + "\n")
