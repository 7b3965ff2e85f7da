"""The conversation with one worker about one submission: frames out, outcomes back.

What a worker sends is a claim. This module turns claims into outcomes and never into verdicts;
each size is checked against the grader's own expectation before a byte of it is read.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from typing import Any, Self

import numpy as np

from ..common.errors import SandboxError
from ..course.problem import Argument, Case, Problem
from ..judging.outcome import Answer, Death, Failure, Flood, Garbage, Outcome, TimeOut, Violation
from ..worker import frames
from ..worker.frames import Kind
from . import Sandbox, Worker
from .process import WorkerEnded, WorkerFailure, WorkerTimedOut

START_SECONDS = 120  # for a worker to confine itself and import JAX; not the student's time
LAST_WORDS = 2000  # characters


class Session(AbstractContextManager["Session"]):
    """One worker with one submission in it. After an outcome that `over` names, it is useless."""

    def __init__(self, sandbox: Sandbox, problem: Problem):
        self._problem = problem
        self._worker = Worker(sandbox, problem.limits)
        self._deadline = 0.0
        # Seconds that the worker had computed when it was handed the submission, and when it was
        # last asked for something.
        self._computed_first = self._computed_last = 0.0
        self.over = False
        self.remarks: tuple[str, ...] = ()  # which cells of a notebook failed

    def __exit__(self, *_: object) -> None:
        self._worker.__exit__()

    @property
    def output(self) -> str:
        """What the submission printed, capped."""
        return self._worker.output

    @property
    def processor_seconds(self) -> float:
        """Seconds of processor time that the worker and its launcher have had so far."""
        return self._worker.processor_seconds()

    @property
    def ended(self) -> bool:
        """Whether the worker's process has ended, by itself or by others."""
        return self._worker.ended

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
            session.wait_until_ready()
        except BaseException:
            session.__exit__()
            raise
        return session

    def wait_until_ready(self) -> None:
        """Waits for a confined worker that holds no student code. Raises SandboxError."""
        try:
            kind, _ = self._worker.receive(START_SECONDS, body_limit=0)
        except (WorkerFailure, frames.FrameError) as error:
            words = self.output.strip().splitlines()
            raise SandboxError(f"a worker did not start: {words[-1] if words else error}") from None
        if kind is not Kind.READY:
            raise SandboxError(f"a worker started with {kind.name}")

    def load(self, data: bytes, notebook: bool) -> Failure | None:
        """Hands over a submission's bytes; None once it is imported and has its entry point."""
        limits, rules = self._problem.limits, self._problem.rules
        self._deadline = time.monotonic() + limits.total_seconds
        fields = {
            "notebook": notebook,
            "entry_point": self._problem.entry_point,
            "parameters": self._problem.parameters,
            "forbidden_calls": rules.calls,
            "forbidden_primitives": rules.primitives,
        }
        self._computed_first = self._worker.processor_seconds()
        self._worker.send(frames.pack_message(Kind.SUBMISSION, fields, [data]))
        failed = self._reply(limits.import_seconds, Kind.LOADED)
        if not isinstance(failed, bytes):
            return failed
        self.remarks = tuple(frames.parse_text(failed)[:5])
        return None

    def ask(self, case: Case, elements: int) -> Outcome:
        """The outcome of one case whose right answer has so many elements."""
        seconds = case.seconds or self._problem.limits.case_seconds
        started = time.monotonic()
        self._worker.send(pack_case(case, elements))
        reply = self._reply(seconds, Kind.ANSWER)
        if not isinstance(reply, bytes):
            return reply
        try:
            header = frames.parse_array_header(reply)
            values = None
            if header.size == elements:
                deadline = min(started + seconds, self._deadline)
                data = self._worker.read(header.nbytes, deadline)
                values = np.frombuffer(data, dtype=header.dtype)
            if not self._worker.idle:
                raise frames.FrameError("more bytes than its answer has")
        except WorkerTimedOut:
            return self._time_out(seconds)
        except (WorkerEnded, frames.FrameError) as error:
            return self._end(Garbage(str(error)))
        return Answer(header.shape, header.source_dtype, header.size, values)

    def let_print(self) -> None:
        """What it prints from now on is not held against it."""
        self._worker.let_print()

    def finish(self) -> Flood | None:
        """Ends the worker; a flood if it has printed too much in all, whenever that was noticed."""
        self._worker.end()
        self.over = True
        return Flood(self._problem.limits.output_bytes) if self._worker.flooded else None

    def _reply(self, seconds: float, wanted: Kind) -> bytes | Failure:
        """The body of the frame that was asked for, or what came of it instead."""
        self._computed_last = self._worker.processor_seconds()
        left = max(0.0, min(seconds, self._deadline - time.monotonic()))
        try:
            kind, body = self._worker.receive(left)
            if kind is wanted:
                return body
            if kind is Kind.RAISED:
                if wanted is not Kind.ANSWER:
                    self.over = True
                return frames.Raised(*frames.parse_text(body, fields=5))
            if kind is Kind.VIOLATION and wanted is Kind.ANSWER:
                return self._end(_violation(body))
            return self._end(Garbage(f"{kind.name} where {wanted.name} was expected"))
        except frames.FrameError as error:
            return self._end(Garbage(str(error)))
        except WorkerTimedOut:
            return self._time_out(seconds)
        except WorkerEnded:
            signal, status = self._worker.ending()
            if self._worker.flooded:
                return self._end(Flood(self._problem.limits.output_bytes))
            return self._end(Death(signal, status, self.output[-LAST_WORDS:]))

    def _time_out(self, seconds: float) -> Failure:
        """seconds: the limit of what was asked for last. Past the limit of everything together, it
        is this one that counts, and then also all the time that the worker has computed.
        """
        before = self._computed_last
        if time.monotonic() >= self._deadline:
            seconds, before = self._problem.limits.total_seconds, self._computed_first
        computed = self._worker.processor_seconds() - before
        return self._end(TimeOut(seconds, starved=computed < seconds / 2))

    def _end(self, outcome: Failure) -> Failure:
        self.over = True
        self._worker.kill()
        return outcome


def _violation(body: bytes) -> Violation | Garbage:
    try:
        used = tuple(use for use in frames.parse_uses(body) if use.name)
    except frames.FrameError as error:
        return Garbage(str(error))
    return Violation(used) if used else Garbage("a violation of nothing")


def pack_case(case: Case, elements: int) -> bytes:
    """The frame that asks for one case, whose right answer has so many elements."""
    arrays = [a for a in case.arguments if isinstance(a, np.ndarray)]
    fields = {
        "arrays": case.arrays,
        "elements": elements,
        "arguments": [_describe(argument) for argument in case.arguments],
    }
    return frames.pack_message(Kind.CASE, fields, [a.tobytes() for a in arrays])


def _describe(argument: Argument) -> dict[str, Any]:
    if isinstance(argument, np.ndarray):
        return {"type": "array", "dtype": argument.dtype.str, "shape": argument.shape}
    if isinstance(argument, np.generic):
        return {"type": "numpy", "dtype": argument.dtype.str, "value": argument.item()}
    return {"type": "python", "value": argument}
