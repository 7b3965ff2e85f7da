"""Fingerprints of answers: by them a known mistake is recognised without its code or its answers.

A fingerprint is the size of an answer and a few random projections of its numbers. Two answers that
differ by more than rounding, even in one element, have different projections.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case
from ..judging.compare import relative_tolerance
from ..judging.outcome import Answer, Outcome

PROJECTIONS = 4
FACTOR = 8.0  # units of float32 rounding within which two answers are the same
NO_ANSWER, NOT_ASKED = -1, -2

# elements: the size of the answer, or NO_ANSWER, or NOT_ASKED. odd: how many of its numbers are NaN
# or infinite. bound: how far the projections of equal answers may be apart.
FINGERPRINT = np.dtype(
    [("elements", "<i8"), ("odd", "<i8"), ("bound", "<f8"), ("projections", "<f8", (PROJECTIONS,))]
)
Fingerprints = NDArray[np.void]  # of dtype FINGERPRINT


def no_fingerprints(count: int) -> Fingerprints:
    """Shape (count,): of cases that are not asked yet."""
    fingerprints = np.zeros(count, FINGERPRINT)
    fingerprints["elements"] = NOT_ASKED
    return fingerprints


def take_fingerprints(cases: Sequence[Case], outcomes: Sequence[Outcome | None]) -> Fingerprints:
    """Shape (cases,). outcomes: one for each case, None if the submission was over before it."""
    pairs = zip(cases, outcomes, strict=True)
    return np.array([_fingerprint(case, outcome) for case, outcome in pairs], FINGERPRINT)


def _fingerprint(case: Case, answer: Outcome | None) -> tuple[int, int, float, NDArray[np.float64]]:
    if not isinstance(answer, Answer):
        return NO_ANSWER, 0, 0.0, np.zeros(PROJECTIONS)
    size = min(answer.elements, np.iinfo(np.int64).max)
    if answer.values is None:
        return size, 0, 0.0, np.zeros(PROJECTIONS)
    with np.errstate(invalid="ignore"):  # a NaN may be one that signals
        values = answer.values.astype(np.float64)
    finite = np.isfinite(values)
    values = np.where(finite, values, 0.0)
    largest = float(np.max(np.abs(values), initial=0.0))
    bound = relative_tolerance(case.terms, FACTOR) * largest * np.sqrt(values.size)
    return size, int(np.count_nonzero(~finite)), bound, _directions(values.size) @ values


@lru_cache(maxsize=64)
def _directions(size: int) -> NDArray[np.float64]:
    return np.random.default_rng(size).choice((-1.0, 1.0), (PROJECTIONS, size))


def same_answers(one: Fingerprints, other: Fingerprints) -> NDArray[np.bool_]:
    """Whether answers are the same up to rounding, element by element; the two are broadcast."""
    apart = np.abs(one["projections"] - other["projections"]).max(axis=-1, initial=0.0)
    near = apart <= np.maximum(one["bound"], other["bound"])
    alike = (one["elements"] == other["elements"]) & (one["odd"] == other["odd"])
    return np.asarray(near & alike & (one["elements"] >= 0))
