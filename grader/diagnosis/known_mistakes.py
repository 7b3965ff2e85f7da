"""Names known mistakes by the fingerprints of what they answer to practice cases. Pure.

A fingerprint is the size of an answer and a few random projections of its numbers. Two answers that
differ by more than rounding, even in one element, have different projections. So a mistake is
recognised without its code or its answers.

A mistake is recorded, and a submission asked, in the same order and from a fresh start: what
earlier calls leave behind is a part of some mistakes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case
from ..judging.compare import any_numbers, relative_tolerance
from ..judging.outcome import Answer, Outcome
from .finding import Finding

MOST_NAMED = 3  # mistakes that give the same answers
SMALL = 5000  # numbers in a case's arguments
FIRST_SHAPES = 2  # each new shape costs a function more time than many cases
OF_EACH_GROUP = 2  # cases of the first shapes

MOST_READ = 2**16  # numbers of an answer of a wrong size

PROJECTIONS = 4
FACTOR = 8.0  # units of float32 rounding within which two answers are the same
NO_ANSWER, NOT_ASKED = -1, -2

# elements: the size of the answer, or NO_ANSWER, or NOT_ASKED. odd: how many of its numbers are NaN
# or infinite. bound: how far the projections of equal answers may be apart.
FINGERPRINT = np.dtype(
    [("elements", "<i8"), ("odd", "<i8"), ("bound", "<f8"), ("projections", "<f8", (PROJECTIONS,))]
)
Fingerprints = NDArray[np.void]  # of dtype FINGERPRINT
_Fingerprint = tuple[int, int, float, NDArray[np.float64]]

# Gives the outcome of a case whose right answer has so many elements; None if nothing more can be
# asked.
Ask = Callable[[Case, int], Outcome | None]


def ask_for_any_size(ask: Ask, case: Case, elements: int) -> tuple[Outcome | None, Outcome | None]:
    """The outcome; and if it is an answer of another size, whose numbers were not read, that of
    asking once more for that size, else None.
    """
    first = ask(case, elements)
    unread = isinstance(first, Answer) and first.values is None
    if isinstance(first, Answer) and unread and 0 < first.elements <= MOST_READ:
        return first, ask(case, first.elements)
    return first, None


def no_fingerprints(count: int) -> Fingerprints:
    """Shape (count,): of cases that are not asked yet."""
    fingerprints = np.zeros(count, FINGERPRINT)
    fingerprints["elements"] = NOT_ASKED
    return fingerprints


def take_fingerprints(cases: Sequence[Case], outcomes: Sequence[Outcome | None]) -> Fingerprints:
    """Shape (cases,). outcomes: one for each case, None if the submission was over before it."""
    pairs = zip(cases, outcomes, strict=True)
    return np.array([_fingerprint(case, outcome) for case, outcome in pairs], FINGERPRINT)


def _stored(elements: int) -> int:
    """A size that a worker claims, as far as a fingerprint can hold it."""
    return min(elements, np.iinfo(np.int64).max)


@any_numbers
def _fingerprint(case: Case, answer: Outcome | None) -> _Fingerprint:
    if not isinstance(answer, Answer):
        return NO_ANSWER, 0, 0.0, np.zeros(PROJECTIONS)
    size = _stored(answer.elements)
    if answer.values is None:  # nothing is known but the size, so it is the same as no other
        return size, 0, np.nan, np.zeros(PROJECTIONS)
    values = answer.values.astype(np.float64)
    finite = np.isfinite(values)
    values = np.where(finite, values, 0.0)
    largest = float(np.max(np.abs(values), initial=0.0))
    bound = relative_tolerance(case.terms, FACTOR) * largest * np.sqrt(values.size)
    return size, int(np.count_nonzero(~finite)), bound, _directions(values.size) @ values


@lru_cache(maxsize=64)
def _directions(size: int) -> NDArray[np.float64]:
    return np.random.default_rng(size).choice((-1.0, 1.0), (PROJECTIONS, size))


@any_numbers
def same_answers(one: Fingerprints, other: Fingerprints) -> NDArray[np.bool_]:
    """Whether answers are the same up to rounding, element by element; the two are broadcast."""
    apart = np.abs(one["projections"] - other["projections"]).max(axis=-1, initial=0.0)
    near = apart <= np.maximum(one["bound"], other["bound"])
    alike = (one["elements"] == other["elements"]) & (one["odd"] == other["odd"])
    return np.asarray(near & alike & (one["elements"] >= 0))


def in_asking_order(cases: Sequence[Case]) -> list[Case]:
    """Practice cases: first those that distinguish most mistakes in the least time."""
    return [cases[number] for level in _levels(cases) for number in level]


def _levels(cases: Sequence[Case]) -> list[list[int]]:
    """The places of a few small cases of two shapes; of a small case of each other group; and of
    all the others.
    """
    small = [n for n, case in enumerate(cases) if sum(map(np.size, case.arguments)) <= SMALL]
    shapes = [f"{case.shapes} {case.terms}" for case in cases]
    most_used = dict(Counter(shapes[n] for n in small).most_common(FIRST_SHAPES))
    groups = Counter[str]()
    first: list[int] = []
    second: list[int] = []
    often = [n for n in small if shapes[n] in most_used]
    for level, candidates, most in ((first, often, OF_EACH_GROUP), (second, small, 1)):
        for n in candidates:
            if groups[cases[n].group] < most:
                groups[cases[n].group] += 1
                level.append(n)
    return [first, second, [n for n in range(len(cases)) if n not in {*first, *second}]]


def ask_in_turn(cases: Sequence[Case], right: Fingerprints, ask: Ask) -> Fingerprints:
    """What a function answers, shape (cases,). The function must be as it was loaded. It is asked
    for the cases of one level after the other, until one shows that it is wrong.

    cases: in their asking order. right: shape (cases,), of the right answers.
    """
    mine = no_fingerprints(len(cases))
    for level in _levels(cases):
        for n in level:
            mine[n] = _ask_for_fingerprint(cases[n], int(right["elements"][n]), ask)
        if _wrong(mine, right).any():
            break
    return mine


def _ask_for_fingerprint(case: Case, elements: int, ask: Ask) -> _Fingerprint:
    """Of an answer of any size. If asking again gives a third size, as of a list that grows, the
    two sizes are the fingerprint.
    """
    first, again = ask_for_any_size(ask, case, elements)
    if isinstance(first, Answer) and isinstance(again, Answer) and again.values is None:
        return first.elements, _stored(again.elements), 0.0, np.zeros(PROJECTIONS)
    return _fingerprint(case, again or first)


def replay(
    cases: Sequence[Case], right: Fingerprints, outcomes: Sequence[Outcome | None]
) -> Fingerprints:
    """What `ask_in_turn` gives for a function that was asked all of these cases before, and gave no
    answer of a wrong size.
    """
    answers = iter(outcomes)
    return ask_in_turn(cases, right, lambda case, size: next(answers))


def _wrong(mine: Fingerprints, right: Fingerprints) -> NDArray[np.bool_]:
    answered: NDArray[np.bool_] = mine["elements"] >= 0
    return answered & ~same_answers(mine, right)


@dataclass(frozen=True)
class KnownMistakes:
    """The known mistakes of one problem, on its practice cases.

    cases: in their asking order. right: shape (cases,), of the right answers. findings: one for
    each mistake. fingerprints: shape (mistakes, cases), of the mistakes' answers.
    """

    cases: Sequence[Case]
    right: Fingerprints
    findings: Sequence[Finding]
    fingerprints: Fingerprints

    def name(self, mine: Fingerprints) -> Finding | None:
        """The mistakes whose answers these are, as one finding; None if nothing is wrong, or no
        mistake or too many fit. mine: shape (cases,).

        A mistake fits if it gave the same answer to every case that was answered. If none does, a
        single mistake that gave the same wrong answers fits too: it may be made in some cases only.
        Of an answer too large to read only the size is compared, and one wrong answer must be read.
        """
        theirs = self.fingerprints
        same = same_answers(mine, theirs)
        unread = np.isnan(mine["bound"]) & (mine["elements"] == theirs["elements"])
        wrong, answered = _wrong(mine, self.right), mine["elements"] >= 0
        everywhere = np.all((same | unread | (theirs["elements"] == NOT_ASKED))[:, answered], 1)
        somewhere = np.all((same | unread)[:, wrong], axis=1)
        read = np.any(same[:, wrong], axis=1)
        everywhere, somewhere = everywhere & read, somewhere & read
        fits, most = (everywhere, MOST_NAMED) if everywhere.any() else (somewhere, 1)
        fitting = [finding for finding, fit in zip(self.findings, fits, strict=True) if fit]
        by_sentence = {finding.sentence: finding for finding in reversed(fitting)}
        chosen = [*reversed(by_sentence.values())]
        if not 0 < len(chosen) <= most or not wrong.any():
            return None
        either = "Either: " if len(chosen) > 1 else ""
        sentences = " Or: ".join(finding.sentence for finding in chosen)
        return Finding(" ".join(finding.id for finding in chosen), either + sentences)


def no_mistakes() -> KnownMistakes:
    """If there are none, or none could be recorded."""
    return KnownMistakes((), no_fingerprints(0), (), no_fingerprints(0).reshape(0, 0))
