"""No sandbox at all: a plain process, for your own code. It must be asked for by name."""

import os
from pathlib import Path
from typing import Any

from ..course.problem import Limits
from .base import Sandbox, confinement

LARGEST_PROGRAM = 2**28  # bytes


class Bare(Sandbox):
    """Runs a worker with limits on memory and open files, and no walls.

    programs: a folder where JAX keeps compiled programs from run to run.
    """

    name = "none"

    def __init__(self, programs: Path | None = None):
        # Windows starts no Python without this one.
        environment = {k: v for k, v in os.environ.items() if k == "SYSTEMROOT"}
        self._programs = programs
        if programs is not None:
            environment |= {
                "JAX_COMPILATION_CACHE_DIR": str(programs),
                "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
                "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
                # A program would hold the paths and lines that led to it, and others may read it.
                "JAX_TRACEBACK_IN_LOCATIONS_LIMIT": "0",
                "JAX_INCLUDE_FULL_TRACEBACKS_IN_LOCATIONS": "0",
                "JAX_HLO_SOURCE_FILE_CANONICALIZATION_REGEX": ".*",
            }
        self.environment = environment

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        spec = confinement(limits, counts_threads_alone=False)
        if self._programs is not None:
            spec["writable"] = str(self._programs)
            spec["limits"]["RLIMIT_FSIZE"] = LARGEST_PROGRAM
        return spec
