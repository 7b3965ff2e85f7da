"""Known mistakes, recognised by their answers: each is kept as a print of what it gives.

A print of an answer is its size and a few random projections of its numbers: two answers that
differ by more than rounding, be it in one element, have other projections. So a mistake can be
named without its code, and without its answers, lying anywhere near a student.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case
from ..judging.compare import relative_tolerance
from ..judging.outcome import Answer, Outcome

PROJECTIONS = 4
FACTOR = 8.0  # units of float32 rounding within which two answers are the same
NO_ANSWER = -1

Flat = NDArray[np.floating]


@dataclass(frozen=True)
class Prints:
    """One print for each case of a run.

    elements: (cases,) int, the size of the answer, `NO_ANSWER` where there was none.
    odd: (cases,) int, how many of the numbers are NaN or infinite.
    projections: (cases, PROJECTIONS) float64. bounds: (cases,) float64, how far projections of
    equal answers may be apart.
    """

    elements: NDArray[np.int64]
    odd: NDArray[np.int64]
    projections: NDArray[np.float64]
    bounds: NDArray[np.float64]

    def of(self, number: int) -> Prints:
        """Those of one case."""
        one = slice(number, number + 1)
        return Prints(self.elements[one], self.odd[one], self.projections[one], self.bounds[one])


def take_prints(cases: Sequence[Case], outcomes: Sequence[Outcome | None]) -> Prints:
    """The prints of a submission's outcomes, None where it was over before a case."""
    count = len(cases)
    prints = Prints(
        np.full(count, NO_ANSWER, np.int64),
        np.zeros(count, np.int64),
        np.zeros((count, PROJECTIONS)),
        np.zeros(count),
    )
    for number, (case, outcome) in enumerate(zip(cases, outcomes, strict=True)):
        if not isinstance(outcome, Answer):
            continue
        prints.elements[number] = min(outcome.elements, np.iinfo(np.int64).max)
        if outcome.values is not None:
            with np.errstate(invalid="ignore"):
                values = outcome.values.astype(np.float64)
            finite = np.isfinite(values)
            values = np.where(finite, values, 0.0)
            prints.odd[number] = np.count_nonzero(~finite)
            prints.projections[number] = _directions(values.size) @ values
            tolerance = relative_tolerance(case.terms, FACTOR)
            largest = float(np.max(np.abs(values), initial=0.0))
            prints.bounds[number] = tolerance * largest * np.sqrt(values.size)
    return prints


@lru_cache(maxsize=64)
def _directions(size: int) -> NDArray[np.float64]:
    return np.random.default_rng(size).choice((-1.0, 1.0), (PROJECTIONS, size))


class Mistake(Protocol):
    """A known mistake: the sentence that explains it to who made it, and what it gives."""

    @property
    def sentence(self) -> str: ...

    def gives(self, number: int) -> Prints:
        """The print of its answer to one case of the run, by the case's number."""
        ...


@dataclass(frozen=True)
class Recorded:
    """A mistake whose prints were taken before."""

    sentence: str
    prints: Prints

    def gives(self, number: int) -> Prints:
        return self.prints.of(number)


Namer = Callable[[Prints, Prints], list[str]]  # names mistakes by a submission's and right prints


def same_answers(one: Prints, other: Prints) -> NDArray[np.bool_]:
    """(cases,) bool: where two submissions gave the same answer, up to rounding."""
    apart = np.abs(one.projections - other.projections).max(axis=1, initial=0.0)
    near = apart <= np.maximum(one.bounds, other.bounds)
    alike = (one.elements == other.elements) & (one.odd == other.odd)
    return np.asarray(near & alike & (one.elements != NO_ANSWER))


def name_mistakes(mine: Prints, expected: Prints, known: Sequence[Mistake]) -> list[str]:
    """The sentences of the mistakes whose answers these are: the same ones in every case.

    None where nothing is wrong or nothing is known. More than one where these can't be told
    apart, as where an answer's size is all that is known of it. A mistake is asked for its prints
    case by case, and no further than to the first that differs.
    """
    answered = mine.elements != NO_ANSWER
    wrong = answered & ~same_answers(mine, expected)
    if not wrong.any():
        return []

    def with_the_same(where: Iterable[np.intp]) -> list[str]:
        cases = [(int(n), mine.of(int(n))) for n in where]
        same = (
            mistake.sentence
            for mistake in known
            if all(same_answers(own, mistake.gives(n)).all() for n, own in cases)
        )
        return list(dict.fromkeys(same))

    everywhere = with_the_same(np.flatnonzero(answered))
    # A mistake may be made in some cases only; where several fit these, none of them is known.
    somewhere = everywhere or with_the_same(np.flatnonzero(wrong))
    return somewhere if everywhere or len(somewhere) == 1 else []
