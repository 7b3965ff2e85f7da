"""Workers forked from fork servers: processes that have imported JAX and computed nothing.

Each fork server is in a sandbox of its own and has one child at a time, so two submissions are
never in the same one. A fork server that ends or is silent is replaced. At worst, its child's
submission is graded again.
"""

import atexit
import contextlib
import logging
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any

import psutil

from ..common.errors import SandboxError
from ..course.problem import Limits
from ..worker import frames
from ..worker.fork_server import STATUS
from .base import Sandbox
from .process import Process, kill_group, launch, reading
from .waiting import Reading

log = logging.getLogger(__name__)

START_SECONDS = 120  # for imports, on a machine under load
PATIENCE = 10  # seconds, for what takes milliseconds


class ForkingSandbox(Sandbox):
    """A sandbox whose workers are forked, with the same walls around them."""

    def __init__(self, sandbox: Sandbox):
        self._sandbox, self.name = sandbox, sandbox.name
        self.environment = sandbox.environment
        self.reports_signals_as_a_shell = sandbox.reports_signals_as_a_shell
        self._idle: list[ForkServer] = []
        # A process that ends with its parent ends with the thread that started it. This one stays.
        self._launcher = ThreadPoolExecutor(1)
        atexit.register(self.close)

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        return self._sandbox.command(program, files)

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        return self._sandbox.confinement(limits, files)

    def fork(self, files: list[Path]) -> Process:
        """A new worker's process. Raises SandboxError if even a new fork server gives none."""
        while True:
            try:
                server, new = self._idle.pop(), False
            except IndexError:
                server, new = self._launcher.submit(ForkServer, self, files).result(), True
            try:
                return Forked(server, self._idle.append)
            except (OSError, psutil.Error) as error:
                server.end()
                if new:
                    raise SandboxError(f"a worker could not be forked: {error}") from None
                log.info("a fork server forks no more and is replaced: %s", error)

    def close(self) -> None:
        """Ends the fork servers that have no child."""
        while self._idle:
            self._idle.pop().end()


class ForkServer:
    """The grader's end of a fork server. Raises SandboxError if it doesn't start."""

    def __init__(self, sandbox: Sandbox, files: list[Path]):
        self.was_killed = False
        self.control, theirs = socket.socketpair()
        with theirs:
            self._popen = launch(sandbox, files, "fork_server", theirs.fileno(), subprocess.DEVNULL)
        try:
            spec = {"readable": sandbox.confinement(Limits(), files)["readable"]}
            self.control.sendall(frames.pack_message(frames.FrameKind.START, spec))
            handle = self.receive_handle(START_SECONDS)
            threads = psutil.Process(process_of(handle)).num_threads()
            os.close(handle)
            if threads != 1:
                raise OSError(f"it has {threads} threads, and a fork copies only one")
        except (OSError, psutil.Error) as error:
            self._popen.kill()
            _, printed = self._popen.communicate()
            lines = printed.decode("utf-8", "replace").strip().splitlines()
            self.end()
            raise SandboxError(f"a worker did not start: {lines[-1] if lines else error}") from None

    def receive_handle(self, seconds: float) -> int:
        """A handle on a process. Raises OSError if the fork server has ended or is silent."""
        self.control.settimeout(seconds)
        _, handles, *_ = socket.recv_fds(self.control, 1, 1)
        if not handles:
            raise ConnectionError("it ended")
        return handles[0]

    def ending(self, seconds: float) -> int | None:
        """How its child ended, as from `Process.wait`; None if it still runs after that."""
        self.control.settimeout(seconds)
        try:
            status = self.control.recv(STATUS.size)
        except (TimeoutError, BlockingIOError):
            return None
        except OSError:
            status = b""
        if len(status) < STATUS.size:
            log.info("a fork server was killed, and its worker with it")
            self.was_killed = True
            return -signal.SIGKILL
        return os.waitstatus_to_exitcode(*STATUS.unpack(status))

    def end(self) -> None:
        """Ends it, and with it its child."""
        self.control.close()
        with self._popen:  # closes its pipe
            if self._popen.poll() is None:
                kill_group(self._popen)


class Forked(Process):
    """A child of a fork server. After `release`, the fork server can have the next child.

    Raises OSError or psutil.Error if the fork server has ended or is silent.
    """

    def __init__(self, server: ForkServer, release_server: Callable[[ForkServer], None]):
        self._server, self._release_server = server, release_server
        self._code: int | None = None
        self._handle = -1
        self._one_at_a_time = threading.Lock()
        theirs, mine = list[int](), list[IO[bytes]]()
        try:
            for mode in ("wb", "rb", "rb"):  # for its stdin, stdout and stderr
                reader, writer = os.pipe()
                theirs.append(reader if mode == "wb" else writer)
                mine.append(os.fdopen(writer if mode == "wb" else reader, mode, buffering=0))
            self.stdin, self.stdout, self.stderr = mine
            server.control.settimeout(PATIENCE)
            socket.send_fds(server.control, [b"."], theirs)
            self._handle = server.receive_handle(PATIENCE)
            self._process = psutil.Process(process_of(self._handle))
        except BaseException:
            for pipe in mine:
                pipe.close()
            if self._handle >= 0:
                os.close(self._handle)
            raise
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
                self._code = self._server.ending(seconds)
            return self._code

    def reading(self) -> Reading:
        # It has no descendants: the system call filter refuses to start a process.
        return reading([self._process]) if self._code is None else Reading()

    @property
    def ended_by_others(self) -> bool:
        return self._server.was_killed

    def release(self) -> None:
        super().release()
        os.close(self._handle)
        if self._code is None:
            log.info("a fork server doesn't report how its worker ended, and is ended too")
            self._server.end()
        else:
            self._release_server(self._server)


def process_of(handle: int) -> int:
    """The id that a process has here. Raises OSError if it has ended."""
    for line in Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "Pid" and int(value) > 0:
            return int(value)
    raise ProcessLookupError("it ended")
