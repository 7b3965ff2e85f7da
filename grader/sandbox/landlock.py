"""The Landlock sandbox: one process that closes the file system and its system calls to itself.

It needs no root, no user namespaces and no installed program, so it works in containers.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..common.errors import SandboxError
from ..course.problem import Limits
from .base import confinement, unprivileged_user, worker_folder
from .filter import compile_filter

# Version 3 (Linux 6.2) is the first to stop a file from being emptied by opening it.
OLDEST_LANDLOCK = 3


class Landlock:
    """Runs a worker that applies Landlock and the system call filter to itself."""

    name = "landlock"
    confines = True
    environment: Mapping[str, str] = MappingProxyType({})
    reports_signals_as_a_shell = False

    def __init__(self) -> None:
        if not sys.platform.startswith("linux") or importlib.util.find_spec("sandlock") is None:
            raise SandboxError(
                "Landlock needs Linux on x86-64, where the package `sandlock` is installed"
            )
        import sandlock

        if (version := sandlock.landlock_abi_version()) < OLDEST_LANDLOCK:
            has = f"has version {version}" if version > 0 else "has none"
            raise SandboxError(
                f"Landlock {OLDEST_LANDLOCK} (Linux 6.2) is needed, this kernel {has}"
            )

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        return program

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        user = unprivileged_user()
        return confinement(
            limits,
            user=user,
            readable=files,
            # Not the compiled programs: they are for who knows their names.
            listable=[worker_folder() / "grader" if f == worker_folder() else f for f in files],
            system_calls=compile_filter(),
            counts_threads_alone=user is not None,
        )
