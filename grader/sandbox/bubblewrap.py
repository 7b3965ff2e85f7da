"""The bubblewrap sandbox: separate namespaces for files, processes, network and the rest."""

import os
import shutil
from pathlib import Path
from typing import Any

from ..common.errors import SandboxError
from ..course.problem import Limits
from .base import Sandbox, confinement, is_root, unprivileged_user
from .filter import compile_filter

UNSHARED = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts")


class Bubblewrap(Sandbox):
    """Runs a worker under `bwrap`, on an empty read-only file system with a few files bound in.

    Of /proc there is one file, on the processor. So the worker can't read or write anything of
    the launcher or the kernel there.

    If the grader is root, bubblewrap needs no user namespace. It keeps the two capabilities with
    which the worker becomes a user that owns nothing; that step gives them up.
    """

    name = "bubblewrap"
    reports_signals_as_a_shell = True

    def __init__(self) -> None:
        program = shutil.which("bwrap")
        if program is None:
            raise SandboxError("bubblewrap is not installed (no `bwrap` on the PATH)")
        self._program = program

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        command = [self._program, *UNSHARED, "--unshare-cgroup-try", "--hostname", "worker"]
        command += ["--die-with-parent", "--new-session", "--cap-drop", "ALL"]
        if is_root():
            command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        else:
            command += ["--unshare-user"]
        # The binds alone would make folders that are closed to the user that the worker becomes.
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
        user, system_calls = unprivileged_user(), compile_filter()
        return confinement(limits, counts_threads_alone=True, user=user, filter=system_calls)
