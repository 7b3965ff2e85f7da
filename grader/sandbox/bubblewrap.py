"""The bubblewrap sandbox: namespaces of its own for files, processes, network and the rest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..common.errors import SandboxError
from ..course.problem import Limits
from .base import confinement, unprivileged_user
from .filter import compile_filter


class Bubblewrap:
    """Runs a worker under `bwrap`, on an empty read-only file system with a few files bound in.

    There is no /proc but a file on the processor, so nothing of the launcher or the kernel can be
    read or written there.
    Started as root, it needs no user namespace and keeps the two capabilities with which the
    worker becomes a user that owns nothing; the worker gives them up in doing so.
    """

    name = "bubblewrap"
    confines = True
    environment: Mapping[str, str] = MappingProxyType({})
    reports_signals_as_a_shell = True

    def __init__(self) -> None:
        program = shutil.which("bwrap")
        if program is None:
            raise SandboxError("bubblewrap is not installed (no `bwrap` on the PATH)")
        self._program = program

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        command = [
            *(self._program, "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
            *(
                "--hostname",
                "worker",
                "--unshare-cgroup-try",
                "--die-with-parent",
                "--new-session",
                "--cap-drop",
                "ALL",
            ),
        ]
        if os.geteuid() == 0:
            command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        else:
            command += ["--unshare-user"]
        # Left to the binds, these would be closed to the user that the worker becomes.
        for folder in sorted({parent for path in files for parent in path.parents} - {Path("/")}):
            command += ["--perms", "0755", "--dir", str(folder)]
        for path in files:
            if path.is_symlink() and path.is_dir():
                command += ["--symlink", os.readlink(path), str(path)]
            else:
                bind = "--dev-bind" if path.parent == Path("/dev") else "--ro-bind"
                command += [bind, str(path), str(path)]
        return [*command, "--remount-ro", "/", "--chdir", "/", "--", *program]

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        return confinement(
            limits,
            user=unprivileged_user(),
            system_calls=compile_filter(),
            counts_threads_alone=True,
        )
