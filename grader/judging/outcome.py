"""The outcome of running a submission on a case, as data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..worker.frames import Raised, Use


@dataclass(frozen=True)
class Answer:
    """An array of floats. `values` is flat, or None if the number of elements was wrong."""

    shape: tuple[int, ...]
    source_dtype: str
    elements: int
    values: NDArray[np.floating] | None


@dataclass(frozen=True)
class Violation:
    """It used what the problem forbids."""

    used: tuple[Use, ...]


@dataclass(frozen=True)
class TimeOut:
    """It exceeded a time limit, in wall-clock seconds. starved: for at least half of that time,
    other processes kept it from a processor.
    """

    seconds: float
    starved: bool = False


@dataclass(frozen=True)
class Flood:
    """It printed more than this many bytes."""

    limit: int


@dataclass(frozen=True)
class Death:
    """Its process ended: by a signal, or with an exit status. last_words: the end of its output.
    by_others: perhaps the kernel ended it because memory ran out, or another process did.
    """

    signal: int
    status: int
    last_words: str = ""
    by_others: bool = False


@dataclass(frozen=True)
class Garbage:
    """It wrote to the grader's channel. reason: what is wrong with the bytes."""

    reason: str


Failure = Raised | Violation | TimeOut | Flood | Death | Garbage
Outcome = Answer | Failure


def failed_at(outcome: Outcome | None) -> Raised | Use | None:
    """What claims to know the line in which it failed."""
    match outcome:
        case Raised():
            return outcome
        case Violation((first, *_)):
            return first
    return None


NO_THREAD = ("can't start new thread", "Resource temporarily unavailable")


def perhaps_disturbed(outcome: Outcome | None) -> bool:
    """Whether other processes may have caused this: it got no processor or, as it says, no thread,
    or the kernel killed it, as it does when memory runs out.
    """
    match outcome:
        case TimeOut(_, starved):
            return starved
        case Death(by_others=True):
            return True
        # Some kernels count the threads of all processes of a user together.
        case Death(last_words=text) | Raised(message=text):
            return any(word in text for word in NO_THREAD)
    return False
