"""A worker's process, started afresh: a command, its three pipes, and how it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Protocol, cast

import psutil

from ..common.errors import SandboxError
from .base import ENVIRONMENT, Sandbox, worker_folder

# Where memory runs out, the kernel is to end a worker, and not the grader or anything else.
ENDED_FIRST = ("/bin/sh", "-c", 'echo 1000 >/proc/self/oom_score_adj; exec "$@"', "sh")
MAIN = "import sys; sys.path.insert(0, {folder!r}); from grader.worker.{module} import main; main()"


class Process(Protocol):
    """A process that runs a worker's program, with unbuffered pipes to and from it."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]

    def kill(self) -> None:
        """Ends it and all that it started, whatever they are doing."""
        ...

    def wait(self, seconds: float) -> int | None:
        """Its exit status, or minus the signal that ended it; None if it goes on until then."""
        ...

    def processor_seconds(self) -> float:
        """Seconds of processor time that it and all below it have had; 0 where it is gone."""
        ...

    def release(self) -> None:
        """Closes the pipes; nobody needs it any more."""
        ...


class Launched:
    """A process of its own for one worker, which leads a group of its own.

    Unconfined, a worker may leave others of its group behind. They are ended before the process is
    reaped: until then the group's number can be nobody else's.
    """

    def __init__(self, sandbox: Sandbox, files: list[Path]):
        self._sandbox = sandbox
        pipe = subprocess.PIPE
        self._one_at_a_time = threading.Lock()
        self._popen = launch(sandbox, files, "__main__", pipe, pipe)
        self.stdin = cast(IO[bytes], self._popen.stdin)
        self.stdout = cast(IO[bytes], self._popen.stdout)
        self.stderr = cast(IO[bytes], self._popen.stderr)

    def kill(self) -> None:
        with self._one_at_a_time:
            if self._popen.returncode is None:
                # macOS refuses to signal a group in which all have ended.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    if hasattr(os, "killpg"):
                        os.killpg(self._popen.pid, signal.SIGKILL)
                self._popen.kill()
                self._popen.wait()

    def wait(self, seconds: float) -> int | None:
        patience = time.monotonic() + seconds
        while self._popen.returncode is None:
            if self._has_ended():
                self.kill()
            elif time.monotonic() < patience:
                time.sleep(0.005)
            else:
                return None
        code = self._popen.returncode
        shell = self._sandbox.reports_signals_as_a_shell
        return 128 - code if code and shell and 128 < code < 128 + signal.NSIG else code

    def _has_ended(self) -> bool:
        """Looks without reaping it, where a system knows that."""
        if os.name != "posix":
            return self._popen.poll() is not None
        try:
            return bool(psutil.Process(self._popen.pid).status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:  # another thread has just reaped it
            return True

    def processor_seconds(self) -> float:
        total = 0.0
        with contextlib.suppress(psutil.Error):  # it has ended
            first = psutil.Process(self._popen.pid)
            for process in (first, *first.children(recursive=True)):
                total += processor_seconds(process)
        return total

    def release(self) -> None:
        close(self.stdin, self.stdout, self.stderr)


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
    environment = {
        **ENVIRONMENT,
        "JAX_COMPILATION_CACHE_DIR": str(folder / "compiled"),
        **sandbox.environment,
    }
    try:
        return subprocess.Popen(
            [*first, *sandbox.command(program, files)],
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment,
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"a worker could not be started: {error}") from None


def processor_seconds(process: psutil.Process) -> float:
    """What it has had, without what it started; 0 where it is gone."""
    with contextlib.suppress(psutil.Error):  # it has ended
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def close(*pipes: IO[bytes] | None) -> None:
    for pipe in pipes:
        with contextlib.suppress(OSError):  # nobody reads what it still held
            if pipe is not None:
                pipe.close()
