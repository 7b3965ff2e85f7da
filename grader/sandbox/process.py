"""A worker's process, started afresh: a command, its three pipes, and how it ends."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Protocol, cast

import psutil

from ..common.errors import SandboxError
from .base import ENVIRONMENT, Sandbox, worker_folder
from .waiting import Reading, threads_of

# If memory runs out, the kernel should end a worker, and not the grader or anything else.
ENDED_FIRST = ("/bin/sh", "-c", 'echo 1000 >/proc/self/oom_score_adj; exec "$@"', "sh")
MAIN = "import sys; sys.path.insert(0, {folder!r}); from grader.worker.{module} import main; main()"


class Process(Protocol):
    """A process that runs a worker's program, with unbuffered pipes to and from it."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]

    def kill(self) -> None:
        """Ends it and all that it started."""

    def wait(self, seconds: float) -> int | None:
        """Its exit status, or minus the signal that ended it; None if it still runs after that."""

    def reading(self) -> Reading:
        """What the kernel has counted for it and its descendants; nothing if it has ended."""

    @property
    def ended_by_others(self) -> bool:
        """Whether it ended because something else of ours did."""
        return False

    def release(self) -> None:
        """Closes the pipes, once it has ended."""
        for pipe in (self.stdin, self.stdout, self.stderr):
            pipe.close()


class Launched(Process):
    """A process started for one worker, which leads a process group.

    Without walls, a worker may leave other processes in its group. They are ended before the
    process is reaped: only until then is the group's number certainly theirs.
    """

    def __init__(self, sandbox: Sandbox, files: list[Path]):
        self._shell = sandbox.reports_signals_as_a_shell
        self._one_at_a_time = threading.Lock()
        self._popen = launch(sandbox, files, "__main__", subprocess.PIPE, subprocess.PIPE)
        self.stdin = cast(IO[bytes], self._popen.stdin)
        self.stdout = cast(IO[bytes], self._popen.stdout)
        self.stderr = cast(IO[bytes], self._popen.stderr)

    def kill(self) -> None:
        with self._one_at_a_time:
            if self._popen.returncode is None:
                kill_group(self._popen)

    def wait(self, seconds: float) -> int | None:
        deadline = time.monotonic() + seconds
        while self._popen.returncode is None:
            if self._has_ended():
                self.kill()
            elif time.monotonic() < deadline:
                time.sleep(0.005)
            else:
                return None
        code = self._popen.returncode
        return 128 - code if self._shell and 128 < code < 128 + signal.NSIG else code

    def _has_ended(self) -> bool:
        """Looks without reaping it, on a system that can."""
        if os.name != "posix":
            return self._popen.poll() is not None
        try:
            return bool(psutil.Process(self._popen.pid).status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:  # another thread has just reaped it
            return True

    def reading(self) -> Reading:
        with contextlib.suppress(psutil.Error):  # it has ended
            first = psutil.Process(self._popen.pid)
            return reading((first, *first.children(recursive=True)))
        return Reading()


def launch(
    sandbox: Sandbox, files: list[Path], module: str, stdin: int, stdout: int
) -> subprocess.Popen[bytes]:
    """Starts a module of `grader.worker` in a sandbox, with a pipe from its standard error.

    Raises SandboxError.
    """
    folder = worker_folder()
    program = [sys.executable, "-I", "-B", "-X", "utf8", "-W", "ignore"]
    program += ["-c", MAIN.format(folder=str(folder), module=module)]
    first = ENDED_FIRST if sys.platform.startswith("linux") else ()
    programs = {"JAX_COMPILATION_CACHE_DIR": str(folder / "compiled")}
    try:
        return subprocess.Popen(
            [*first, *sandbox.command(program, files)],
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            bufsize=0,
            env={**ENVIRONMENT, **programs, **sandbox.environment},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"a worker could not be started: {error}") from None


def kill_group(leader: subprocess.Popen[bytes]) -> None:
    """Ends a process that is not yet reaped, with all of its group, and reaps it."""
    # macOS refuses to signal a group in which all have ended.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(leader.pid, signal.SIGKILL)
    leader.kill()
    leader.wait()


def reading(processes: Sequence[psutil.Process]) -> Reading:
    """What the kernel has counted for some processes, without their descendants."""
    computed = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):  # it has ended
            times = process.cpu_times()
            computed += times.user + times.system
    return Reading(computed, threads_of(process.pid for process in processes))
