"""A running worker: its three pipes, and the clock that ends it.

Every read and every write has a deadline on the grader's own clock. What arrives is handed on in
pieces through a short queue, so a worker that floods a pipe fills neither memory nor time.
"""

from __future__ import annotations

import contextlib
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Self

from ..common.errors import SandboxError
from ..course.problem import Limits
from ..worker import frames
from .base import Sandbox, interpreter_files, worker_folder
from .launch import Launched, Process
from .warm import Warm

CHUNK = 64 * 1024


class WorkerFailure(Exception):
    """The conversation with a worker can't go on."""


class WorkerTimedOut(WorkerFailure):
    """It didn't answer in time."""


class WorkerEnded(WorkerFailure):
    """Its process is gone, or it closed the channel."""


_alive: set[Worker] = set()
_no_more = threading.Event()


def end_all_workers() -> None:
    """Ends every worker of this process, for good: no new one starts after this."""
    _no_more.set()
    for worker in tuple(_alive):
        worker.kill()


@contextlib.contextmanager
def worker_threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that only wait for workers; what is left to do is dropped where one raises.

    Interrupted, it ends every worker before it lets go.
    """
    pool = ThreadPoolExecutor(max_workers=count)
    try:
        yield pool
    except BaseException as error:
        pool.shutdown(wait=False, cancel_futures=True)
        if not isinstance(error, Exception):  # an error is no reason to stop whoever comes next
            end_all_workers()
        raise
    finally:
        pool.shutdown()


class Worker:
    """One confined process; use it in a `with` statement, after which nothing of it is left.

    `output` is what it has printed so far, cut at `limits.shown_output_bytes`; `flooded` is true
    once it has printed more than `limits.output_bytes`, for which it is ended.
    """

    def __init__(self, sandbox: Sandbox, limits: Limits, escape: dict[str, Any] | None = None):
        self._limits = limits
        self._printed = bytearray()
        self._printed_bytes = 0
        self._may_print = limits.output_bytes
        self.flooded = False
        files = [*interpreter_files(), worker_folder()]
        if _no_more.is_set():
            raise SandboxError("the run was stopped")
        spec = {**sandbox.confinement(limits, files), "escape": escape}
        self._process = _start(sandbox, files)
        _alive.add(self)
        if _no_more.is_set():  # the run was stopped while this one started
            self._process.kill()
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._incoming: queue.Queue[bytes] = queue.Queue(maxsize=4)
        self._rest = b""
        try:
            self._writer = _thread(self._write_out)
            self._reader = _thread(lambda: _pump(self._process.stdout, self._incoming.put))
            self._listener = _thread(lambda: _pump(self._process.stderr, self._keep_print))
        except RuntimeError as error:  # this process can have no more threads
            self.kill()
            _alive.discard(self)
            self._outgoing.put(None)
            self._process.release()
            raise SandboxError(f"a worker could not be started: {error}") from None
        self.send(frames.pack_message(frames.Kind.START, spec))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        _alive.discard(self)
        self._outgoing.put(None)
        patience = time.monotonic() + 5  # an unconfined process may have given a pipe away
        for thread in (self._writer, self._reader, self._listener):
            while thread.is_alive() and time.monotonic() < patience:
                with contextlib.suppress(queue.Empty):  # if not, it may wait for room
                    self._incoming.get_nowait()
                thread.join(timeout=0.01)
        self._process.release()

    @property
    def output(self) -> str:
        return bytes(self._printed).decode("utf-8", "replace")

    def send(self, data: bytes) -> None:
        """Hands bytes to the worker without waiting until it takes them."""
        self._outgoing.put(data)

    def receive(
        self, seconds: float, body_limit: int = frames.TEXT_LIMIT
    ) -> tuple[frames.Kind, bytes]:
        """The next frame. Raises WorkerFailure, or FrameError where the bytes are no frame.

        The body's length is checked before it is read.
        """
        deadline = time.monotonic() + seconds
        kind, length = frames.parse_header(self.read(frames.HEADER.size, deadline))
        if length > body_limit:
            raise frames.FrameError(f"a frame of {length} bytes")
        return kind, self.read(length, deadline)

    def read(self, size: int, deadline: float) -> bytes:
        """Exactly `size` bytes of the channel by `deadline` (of `time.monotonic`)."""
        parts, missing = [self._rest[:size]], size - len(self._rest)
        self._rest = self._rest[size:]
        while missing > 0:
            try:
                chunk = self._incoming.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise WorkerTimedOut("no answer in time") from None
            if not chunk:
                self._incoming.put(b"")  # the end stays the end
                raise WorkerEnded("the worker ended")
            parts.append(chunk[:missing])
            self._rest = chunk[missing:]
            missing -= len(chunk)
        return b"".join(parts)

    def processor_seconds(self) -> float:
        """Seconds of processor time that it and all below it have had; 0 where it is gone."""
        return self._process.processor_seconds()

    @property
    def ended(self) -> bool:
        """Whether its process has ended."""
        return self._process.wait(0) is not None

    @property
    def idle(self) -> bool:
        """Whether the channel holds no bytes that nobody asked for."""
        return not self._rest and self._incoming.empty()

    def ending(self) -> tuple[int, int]:
        """Signal and exit status of a worker that has ended; ends one that lingers."""
        self._process.wait(1)
        self.end()
        code = self._process.wait(0) or 0
        return (-code, 0) if code < 0 else (0, code)

    def end(self) -> None:
        """Ends the worker, and reads what it has printed up to then."""
        self.kill()
        self._listener.join(timeout=1)

    def let_print(self) -> None:
        """From now on it may print as much as it likes; no more of it is kept than before."""
        self._may_print = sys.maxsize

    def kill(self) -> None:
        """Ends the worker and all that it started, whatever they are doing."""
        self._process.kill()

    def _write_out(self) -> None:
        sink = self._process.stdin
        while data := self._outgoing.get():
            rest = memoryview(data)
            try:
                while rest:
                    rest = rest[sink.write(rest) :]
            except (OSError, ValueError):
                return  # the worker is gone, which whoever waits for its answer sees

    def _keep_print(self, data: bytes) -> None:
        room = self._limits.shown_output_bytes - len(self._printed)
        self._printed += data[: max(0, room)]
        self._printed_bytes += len(data)
        if self._printed_bytes > self._may_print and not self.flooded:
            self.flooded = True
            self._process.kill()


def _start(sandbox: Sandbox, files: list[Path]) -> Process:
    return sandbox.fork(files) if isinstance(sandbox, Warm) else Launched(sandbox, files)


def _pump(pipe: IO[bytes], take: Callable[[bytes], None]) -> None:
    """Hands on what arrives, and an empty piece at the end."""
    data = b"-"
    while data:
        try:
            data = pipe.read(CHUNK)
        except (OSError, ValueError):  # it was closed: nobody waits for more
            data = b""
        take(data)


def _thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
