"""Workers forked from nurseries: processes that have imported JAX and computed nothing.

Each nursery lies in a sandbox of its own and has one child at a time, so that no two submissions
ever meet in one. A nursery that dies or falls silent is replaced; at worst its child is graded
again.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import psutil

from ..common.errors import SandboxError
from ..course.problem import Limits
from ..worker import frames
from ..worker.nursery import STATUS
from .base import Sandbox
from .launch import close, launch, processor_seconds

log = logging.getLogger(__name__)

START_SECONDS = 120  # for imports, on a machine under load
PATIENCE = 10  # seconds, for what takes milliseconds


class NurseryError(Exception):
    """A nursery that is gone or silent."""


class Warm:
    """A sandbox whose workers are forked, with the same walls around them."""

    confines = True

    def __init__(self, sandbox: Sandbox):
        self._sandbox, self.name = sandbox, sandbox.name
        self.environment: Mapping[str, str] = sandbox.environment
        self.reports_signals_as_a_shell = sandbox.reports_signals_as_a_shell
        self._idle: list[Nursery] = []
        # A process that dies with its parent dies with the thread that started it: this one stays.
        self._launcher = ThreadPoolExecutor(1)
        atexit.register(self.close)

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        return self._sandbox.command(program, files)

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        return self._sandbox.confinement(limits, files)

    def fork(self, files: list[Path]) -> Forked:
        """A new worker's process. Raises SandboxError where not even a new nursery gives one."""
        while True:
            try:
                nursery, new = self._idle.pop(), False
            except IndexError:
                nursery, new = self._launcher.submit(Nursery, self, files).result(), True
            try:
                return Forked(nursery, self._idle.append)
            except NurseryError as error:
                nursery.end()
                if new:
                    raise SandboxError(f"a worker could not be forked: {error}") from None
                log.info("a nursery forks no more and is replaced: %s", error)

    def close(self) -> None:
        """Ends the nurseries that wait; those with a child go with it."""
        while self._idle:
            self._idle.pop().end()


class Nursery:
    """The grader's end of one. Raises SandboxError where it doesn't start."""

    def __init__(self, sandbox: Warm, files: list[Path]):
        self.control, theirs = socket.socketpair()
        with theirs:
            self._popen = launch(sandbox, files, "nursery", theirs.fileno(), subprocess.DEVNULL)
        try:
            spec = {"readable": sandbox.confinement(Limits(), files)["readable"]}
            self.control.sendall(frames.pack_message(frames.Kind.START, spec))
            handle = self.receive_handle(START_SECONDS)
            try:
                threads = psutil.Process(process_of(handle)).num_threads()
            finally:
                os.close(handle)
            if threads != 1:
                raise NurseryError(
                    f"it has {threads} threads, and only one would live on in a fork"
                )
        except (NurseryError, OSError, psutil.Error) as error:
            self._popen.kill()
            _, said = self._popen.communicate()
            words = said.decode("utf-8", "replace").strip().splitlines()
            self.end()
            raise SandboxError(f"a worker did not start: {words[-1] if words else error}") from None

    def receive_handle(self, seconds: float) -> int:
        """A handle on a process. Raises NurseryError."""
        self.control.settimeout(seconds)
        try:
            _, handles, *_ = socket.recv_fds(self.control, 1, 1)
        except OSError as error:
            raise NurseryError(str(error) or "no answer in time") from None
        if not handles:
            raise NurseryError("it ended")
        return handles[0]

    def ending(self, seconds: float) -> int | None:
        """How its child ended, as `Process.wait` says it; None if it goes on until then."""
        self.control.settimeout(seconds)
        try:
            said = self.control.recv(STATUS.size)
        except (TimeoutError, BlockingIOError):
            return None
        except OSError:
            said = b""
        if len(said) < STATUS.size:
            log.info("a nursery was killed, and its worker went with it")
            return -signal.SIGKILL
        return os.waitstatus_to_exitcode(*STATUS.unpack(said))

    def end(self) -> None:
        """Ends it, and with it its child."""
        with contextlib.suppress(OSError):  # nothing is sent any more
            self.control.close()
        if self._popen.poll() is None:  # else the number of its group may be another's by now
            with contextlib.suppress(ProcessLookupError, PermissionError):  # it has just ended
                os.killpg(self._popen.pid, signal.SIGKILL)
        self._popen.kill()
        self._popen.wait()
        close(self._popen.stderr)


class Forked:
    """A child of a nursery, which gets the nursery back when it is done with."""

    def __init__(self, nursery: Nursery, give_back: Callable[[Nursery], None]):
        self._nursery, self._give_back = nursery, give_back
        self._code: int | None = None
        self._one_at_a_time = threading.Lock()
        self.stdin: IO[bytes]
        self.stdout: IO[bytes]
        self.stderr: IO[bytes]
        self._handle = -1
        theirs, ours = [], []
        try:
            for mode in ("wb", "rb", "rb"):
                reader, writer = os.pipe()
                theirs.append(reader if mode == "wb" else writer)
                ours.append(os.fdopen(writer if mode == "wb" else reader, mode, buffering=0))
            self.stdin, self.stdout, self.stderr = ours
            nursery.control.settimeout(PATIENCE)
            socket.send_fds(nursery.control, [b"."], theirs)
            self._handle = nursery.receive_handle(PATIENCE)
            self._process = psutil.Process(process_of(self._handle))
        except (OSError, NurseryError, psutil.Error) as error:
            close(*ours)
            if self._handle >= 0:
                os.close(self._handle)
            raise NurseryError(str(error)) from None
        finally:
            for descriptor in theirs:
                os.close(descriptor)

    def kill(self) -> None:
        if self._code is None:
            with contextlib.suppress(ProcessLookupError):  # it has ended
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            self.wait(PATIENCE)

    def wait(self, seconds: float) -> int | None:
        with self._one_at_a_time:
            if self._code is None:
                self._code = self._nursery.ending(seconds)
            return self._code

    def processor_seconds(self) -> float:
        # It can start no process: each sandbox's filter refuses that.
        return processor_seconds(self._process) if self._code is None else 0.0

    def release(self) -> None:
        close(self.stdin, self.stdout, self.stderr)
        os.close(self._handle)
        if self._code is None:
            log.info("a nursery doesn't say how its worker ended, and is ended with it")
            self._nursery.end()
        else:
            self._give_back(self._nursery)


def process_of(handle: int) -> int:
    """The id that a process has here. Raises NurseryError where it has ended."""
    for line in Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "Pid" and int(value) > 0:
            return int(value)
    raise NurseryError("it ended")
