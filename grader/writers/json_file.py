"""Writes a run as JSON."""

from __future__ import annotations

from pathlib import Path

from ..common.files import write_whole
from ..report.report_json import run_to_json
from ..report.run import Run


def write_json(path: Path, run: Run) -> None:
    """Writes the run in the form of the schema. Raises OSError."""
    write_whole(path, run_to_json(run))
