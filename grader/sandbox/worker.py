"""A running worker: its three pipes, and the clock that ends it.

Every read has a deadline on the grader's own clock. Data arrives in pieces through a short queue,
so a worker that floods a pipe uses up neither memory nor time.
"""

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
from ..common.text import READABLE
from ..course.problem import Limits
from ..worker import frames
from .base import Sandbox, interpreter_files, worker_folder
from .fork_server import ForkingSandbox
from .process import Launched, Process
from .waiting import Reading

CHUNK = 64 * 1024
KEPT_OUTPUT = 4 * READABLE  # bytes; reports cut it further
PATIENCE = 5  # seconds, for threads that have nothing left to do

_alive = set["Worker"]()
_stopped = threading.Event()


def end_all_workers() -> None:
    """Ends every worker of this process. No new one starts after this."""
    _stopped.set()
    for worker in tuple(_alive):
        worker.kill()


@contextlib.contextmanager
def worker_threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that only wait for workers. After an exception, tasks that wait are dropped.

    After an interrupt, it ends every worker first.
    """
    pool = ThreadPoolExecutor(max_workers=count)
    try:
        yield pool
    except BaseException as error:
        pool.shutdown(wait=False, cancel_futures=True)
        if not isinstance(error, Exception):
            end_all_workers()
        raise
    finally:
        pool.shutdown()


class Worker:
    """One confined process. Use it in a `with` statement, which leaves nothing of it.

    `flooded` is true once it has printed more than `limits.output_bytes`, which ends it. What it
    prints after `allow_output` doesn't change that any more.
    """

    def __init__(self, sandbox: Sandbox, limits: Limits, escape: dict[str, Any] | None = None):
        self._may_print = limits.output_bytes
        self._printed = bytearray()
        self._printed_bytes = 0
        self._settled = self._too_much = self.flooded = False
        files = [*interpreter_files(), worker_folder()]
        if _stopped.is_set():
            raise SandboxError("the run was stopped")
        spec = {**sandbox.confinement(limits, files), "escape": escape}
        self._process = _start(sandbox, files)
        _alive.add(self)
        if _stopped.is_set():  # while this one started
            self._process.kill()
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._incoming: queue.Queue[bytes] = queue.Queue(maxsize=4)
        self._rest = b""
        self._threads: list[threading.Thread] = []
        try:
            self._threads.append(_thread(self._write_out))
            self._threads.append(_thread(lambda: _pump(self._process.stdout, self._incoming.put)))
            self._listener = _thread(lambda: _pump(self._process.stderr, self._keep_print))
            self._threads.append(self._listener)
        except RuntimeError as error:  # this process can have no more threads
            self.__exit__()
            raise SandboxError(f"a worker could not be started: {error}") from None
        self.send(frames.pack_message(frames.FrameKind.START, spec))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        _alive.discard(self)
        self._outgoing.put(None)
        deadline = time.monotonic() + PATIENCE  # a process without walls may share a pipe
        for thread in self._threads:
            while thread.is_alive() and time.monotonic() < deadline:
                with contextlib.suppress(queue.Empty):  # if not empty, the thread may need room
                    self._incoming.get_nowait()
                thread.join(timeout=0.01)
        self._process.release()

    @property
    def output(self) -> str:
        """The end of what it has printed so far."""
        return bytes(self._printed).decode("utf-8", "replace")

    @property
    def ended(self) -> bool:
        """Whether its process has ended."""
        return self._process.wait(0) is not None

    @property
    def ended_by_others(self) -> bool:
        """Whether it ended because something else of ours did."""
        return self._process.ended_by_others

    def reading(self) -> Reading:
        """What the kernel has counted for it and its descendants; nothing if it has ended."""
        return self._process.reading()

    def send(self, data: bytes) -> None:
        """Queues bytes for the worker, and doesn't wait."""
        self._outgoing.put(data)

    def receive(self, seconds: float) -> tuple[frames.FrameKind, bytes]:
        """The next frame. Raises as `read` does, and FrameError if the bytes are no frame.

        The body's length is checked before it is read.
        """
        deadline = time.monotonic() + seconds
        kind, length = frames.parse_header(self.read(frames.HEADER.size, deadline))
        if length > frames.TEXT_LIMIT:
            raise frames.FrameError(f"a frame of {length} bytes")
        return kind, self.read(length, deadline)

    def receive_first(self, wanted: frames.FrameKind, seconds: float) -> bytes:
        """The body of the first frame. Raises SandboxError with the last line that it printed."""
        try:
            kind, body = self.receive(seconds)
        except (TimeoutError, EOFError, frames.FrameError) as error:
            lines = self.output.strip().splitlines()
            raise SandboxError(f"a worker did not start: {lines[-1] if lines else error}") from None
        if kind is not wanted:
            raise SandboxError(f"a worker started with {kind.name} instead of {wanted.name}")
        return body

    def read(self, size: int, deadline: float) -> bytes:
        """Exactly `size` bytes of the channel by `deadline` (of `time.monotonic`).

        Raises TimeoutError, and EOFError if the worker ended or closed the channel.
        """
        data = bytearray(self._rest)
        while len(data) < size:
            try:
                chunk = self._incoming.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError("no answer in time") from None
            if not chunk:
                self._incoming.put(b"")  # for the next read
                raise EOFError("the worker ended")
            data += chunk
        self._rest = bytes(data[size:])
        return bytes(data[:size])

    def allow_output(self, more: int = sys.maxsize) -> None:
        """From now on it may print so many more bytes before it is ended. This pushes nothing out
        of what is kept.
        """
        self._settled = True
        self._may_print = self._printed_bytes + more

    def ending(self) -> tuple[int, int]:
        """Signal and exit status of a worker that has ended or is about to."""
        self._process.wait(1)
        self.end()
        code = self._process.wait(0) or 0
        return (-code, 0) if code < 0 else (0, code)

    def end(self) -> None:
        """Ends the worker, and reads what it has printed up to then."""
        self.kill()
        self._listener.join(timeout=1)

    def kill(self) -> None:
        """Ends the worker and all that it started."""
        self._process.kill()

    def _write_out(self) -> None:
        # If the worker has ended, the next read will notice it.
        with contextlib.suppress(OSError, ValueError):
            while data := self._outgoing.get():
                rest = memoryview(data)
                while rest:
                    rest = rest[self._process.stdin.write(rest) :]

    def _keep_print(self, data: bytes) -> None:
        if self._settled:
            self._printed += data[: KEPT_OUTPUT - len(self._printed)]
        else:
            self._printed = (self._printed + data)[-KEPT_OUTPUT:]
        self._printed_bytes += len(data)
        if self._printed_bytes > self._may_print and not self._too_much:
            self._too_much = True
            self.flooded = not self._settled
            self.kill()


def _start(sandbox: Sandbox, files: list[Path]) -> Process:
    if isinstance(sandbox, ForkingSandbox):
        return sandbox.fork(files)
    return Launched(sandbox, files)


def _pump(pipe: IO[bytes], take: Callable[[bytes], None]) -> None:
    """Passes on what arrives, and an empty piece at the end."""
    with contextlib.suppress(OSError, ValueError):  # it was closed
        while data := pipe.read(CHUNK):
            take(data)
    take(b"")


def _thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
