"""The Landlock sandbox: one process that closes the file system and its system calls to itself.

It needs no root, no user namespaces and no installed program, so it works in containers.
"""

import importlib.util
import sys
from pathlib import Path
from typing import Any

from ..common.errors import SandboxError
from ..course.problem import Limits
from .base import Sandbox, confinement, open_to_others, unprivileged_user, worker_folder
from .filter import compile_filter

# Version 3 (Linux 6.2) is the first that stops a program from emptying a file by opening it.
OLDEST_LANDLOCK = 3


class Landlock(Sandbox):
    """Runs a worker that applies Landlock and the system call filter to itself."""

    name = "landlock"

    def __init__(self) -> None:
        if not sys.platform.startswith("linux") or importlib.util.find_spec("sandlock") is None:
            raise SandboxError("Landlock needs Linux on x86-64 and the Python package `sandlock`")
        import sandlock

        if (version := sandlock.landlock_abi_version()) < OLDEST_LANDLOCK:
            has = f"has version {version}" if version > 0 else "has none"
            raise SandboxError(
                f"Landlock {OLDEST_LANDLOCK} (Linux 6.2) is needed, this kernel {has}"
            )

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        user = unprivileged_user()
        # The compiled programs can't be listed: a worker has to know their names.
        listable = [worker_folder() / "grader" if f == worker_folder() else f for f in files]
        return confinement(
            limits,
            counts_threads_alone=user is not None,
            user=user,
            readable=[*map(str, files)],
            listable=[*map(str, listable)],
            # Python may be in a folder that only root can read.
            keep_reading=not all(map(open_to_others, files)),
            filter=compile_filter(),
        )
