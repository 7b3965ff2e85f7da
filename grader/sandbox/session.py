"""The conversation with one worker about one submission: frames out, outcomes back.

What a worker sends is a claim. This module turns claims into outcomes and never into verdicts. It
checks each size against the grader's own expectation before it reads a byte of the body.
"""

import os
import signal
import site
import sys
import sysconfig
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, Self, TypeVar

import numpy as np

from ..common.errors import SandboxError
from ..common.text import without_frames, without_machine
from ..course.problem import Argument, Case, Problem
from ..judging.outcome import Answer, Death, Failure, Flood, Garbage, Outcome, TimeOut, Violation
from ..submissions import Code
from ..worker import frames
from ..worker.frames import FrameKind
from .base import Sandbox, worker_folder
from .claims import IN_A_CASE, WHILE_LOADED, Claims
from .waiting import Reading, ended_for_memory, kept_waiting
from .worker import Worker

START_SECONDS = 120  # to confine itself and import JAX; not the student's time
LAST_WORDS = 2000  # characters
# A reading takes a millisecond if there are many threads, and most cases take less. So an earlier
# one serves, if it is not older than this part of the case's time limit.
READINGS = 20
Reply = TypeVar("Reply")


class Session(Worker):
    """A worker for one submission. Once `over` is true, it gives no more answers."""

    def __init__(self, sandbox: Sandbox, problem: Problem):
        super().__init__(sandbox, problem.limits)
        self._problem = problem
        self._deadline = 0.0
        # When the submission was sent, and not long before the last frame was: the time, and what
        # the kernel had counted.
        self._first = self._last = (0.0, Reading())
        self._ended_for_memory: int | None = None
        self.over = False
        # On what it skipped: said before it gets a case, and never changed after.
        self.remarks: tuple[str, ...] = ()

    @classmethod
    def ready(cls, sandbox: Sandbox, problem: Problem) -> Self:
        """A session whose worker is confined and has no student code. Raises SandboxError.

        A machine under load may lose a worker, so there is a second try.
        """
        try:
            return cls._ready(sandbox, problem)
        except SandboxError:
            return cls._ready(sandbox, problem)

    @classmethod
    def _ready(cls, sandbox: Sandbox, problem: Problem) -> Self:
        session = cls(sandbox, problem)
        try:
            session.receive_first(FrameKind.READY, START_SECONDS)
        except BaseException:
            session.__exit__()
            raise
        return session

    def load(self, code: Code) -> Failure | None:
        """Sends a submission; None once it is imported and has its entry point."""
        limits, rules = self._problem.limits, self._problem.rules
        fields = {
            "notebook": code.notebook,
            "modules": [*code.modules],
            "entry_point": self._problem.entry_point,
            "parameters": self._problem.parameters,
            "forbidden_calls": rules.calls,
            "forbidden_primitives": rules.primitives,
        }
        self._deadline = time.monotonic() + limits.total_seconds
        self._first = self._last = (time.monotonic(), self.reading())
        self._ended_for_memory = ended_for_memory()
        self._claims = Claims(code, rules)
        blobs = [code.file, *code.modules.values()]
        frame = frames.pack_message(FrameKind.SUBMISSION, fields, blobs)
        return self._exchange(frame, limits.import_seconds, FrameKind.LOADED, self._loaded)

    def ask(self, case: Case, elements: int) -> Outcome:
        """The outcome of one case whose right answer has so many elements."""

        def answer(body: bytes, deadline: float) -> Answer:
            header = frames.parse_array_header(body)
            values = None
            if header.size == elements:
                values = np.frombuffer(self.read(header.nbytes, deadline), header.dtype)
            if self._rest or not self._incoming.empty():
                raise frames.FrameError("more bytes than its answer has")
            return Answer(header.shape, header.source_dtype, header.size, values)

        seconds = case.seconds or self._problem.limits.case_seconds
        return self._exchange(pack_case(case, elements), seconds, FrameKind.ANSWER, answer)

    def ask_unless_over(self, case: Case, elements: int) -> Outcome | None:
        """The outcome of a case, or None if no more can be asked."""
        return None if self.over else self.ask(case, elements)

    def start_extra(self, seconds: float, output_bytes: int) -> None:
        """From now on the submission has a clock and an output limit of their own: whatever happens
        on them, and whatever it prints, no longer decides about it.
        """
        self._deadline = time.monotonic() + seconds
        self.allow_output(output_bytes)

    @property
    def output(self) -> str:
        """What it has printed so far, as far as it is kept."""
        return _anywhere(super().output)

    def finish(self) -> Flood | None:
        """Ends the worker; a flood if it has printed too much in all."""
        self.end()
        self.over = True
        return Flood(self._problem.limits.output_bytes) if self.flooded else None

    def _loaded(self, body: bytes, _: float) -> None:
        self.remarks = tuple(map(_anywhere, frames.parse_text(body)[:5]))

    def _exchange(
        self, frame: bytes, seconds: float, wanted: FrameKind, read: Callable[[bytes, float], Reply]
    ) -> Reply | Failure:
        """Sends a frame; what `read` makes of the reply's body by the deadline, or a failure."""
        now = time.monotonic()
        if now - self._last[0] > seconds / READINGS:
            self._last = now, self.reading()
        deadline = min(now + seconds, self._deadline)
        self.send(frame)
        try:
            kind, body = self.receive(deadline - time.monotonic())
            if kind is wanted:
                return read(body, deadline)
            if kind is FrameKind.RAISED:
                self.over = wanted is not FrameKind.ANSWER
                stages = WHILE_LOADED if self.over else IN_A_CASE
                raised = self._claims.raised(frames.parse_raised(body), stages)
                return replace(raised, message=_anywhere(raised.message))
            if kind is FrameKind.VIOLATION and wanted is FrameKind.ANSWER:
                return self._end(Violation(self._claims.uses(frames.parse_uses(body))))
            return self._end(Garbage(f"{kind.name} instead of {wanted.name}"))
        except frames.FrameError as error:
            return self._end(Garbage(str(error)))
        except TimeoutError:
            _, before = self._last
            if time.monotonic() >= self._deadline:  # then the total counts, and all the waiting
                seconds, (_, before) = self._problem.limits.total_seconds, self._first
            waited = kept_waiting(before, self.reading())
            return self._end(TimeOut(seconds, starved=waited >= seconds / 2))
        except EOFError:
            number, status = self.ending()
            if self.flooded:
                return self._end(Flood(self._problem.limits.output_bytes))
            return self._end(
                Death(number, status, self.output[-LAST_WORDS:], self._perhaps_by_others(number))
            )

    def _perhaps_by_others(self, number: int) -> bool:
        """Whether more than its own code may have killed it. If the kernel has ended nobody for
        memory since it was loaded, then it has not ended this one.
        """
        before, now = self._ended_for_memory, ended_for_memory()
        killed = number == signal.SIGKILL and (before is None or before != now)
        return killed or self.ended_by_others

    def _end(self, outcome: Failure) -> Failure:
        self.over = True
        self.kill()
        return outcome


def _anywhere(text: str) -> str:
    """What the worker says as it would read on any machine and in any run, and without the grader's
    own lines in tracebacks.
    """
    return without_machine(without_frames(text, str(worker_folder())), _folders())


@cache
def _folders() -> list[str]:
    """The folders of this machine that a worker can know."""
    found = [*site.getsitepackages(), sysconfig.get_path("stdlib"), sys.prefix, sys.base_prefix]
    return [*found, *(os.path.realpath(path) for path in found), str(worker_folder())]


def pack_case(case: Case, elements: int) -> bytes:
    """The frame that asks for one case, whose right answer has so many elements."""
    arrays = [a for a in case.arguments if isinstance(a, np.ndarray)]
    fields = {
        "arrays": case.arrays,
        "elements": elements,
        "arguments": [_describe(argument) for argument in case.arguments],
    }
    return frames.pack_message(FrameKind.CASE, fields, [a.tobytes() for a in arrays])


def _describe(argument: Argument) -> dict[str, Any]:
    if isinstance(argument, np.ndarray):
        return {"type": "array", "dtype": argument.dtype.str, "shape": argument.shape}
    if isinstance(argument, np.generic):
        return {"type": "numpy", "dtype": argument.dtype.str, "value": argument.item()}
    return {"type": "python", "value": argument}
