"""No sandbox at all: a plain process, for running one's own code. It must be asked for by name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..problem import Limits
from .base import confinement


class Bare:
    """Runs a worker with limits on memory and open files, and no walls."""

    name = "none"
    confines = False
    reports_signals_as_a_shell = False

    def __init__(self, environment: Mapping[str, str] | None = None):
        # Windows starts no Python without this one.
        root = {k: v for k, v in os.environ.items() if k == "SYSTEMROOT"}
        self.environment: Mapping[str, str] = {**root, **(environment or {})}

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        return program

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        return confinement(limits)
