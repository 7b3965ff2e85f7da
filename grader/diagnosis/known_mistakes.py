"""Names known mistakes by the fingerprints of what they answer to practice cases. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case
from .finding import Finding
from .fingerprints import NO_ANSWER, Fingerprints, same_answers

MOST_NAMED = 3  # mistakes that can't be told apart
LEAST_ASKED = 6  # cases that must agree with a mistake before it is named
MOST_ASKED = 12
LARGE = 10_000  # numbers in a case's arguments, above which it is asked only if no other tells


@dataclass(frozen=True)
class KnownMistakes:
    """The known mistakes of one problem, on its practice cases.

    right: shape (cases,), of the right answers. findings: one for each mistake. fingerprints:
    shape (mistakes, cases), of the mistakes' answers.
    """

    cases: Sequence[Case]
    right: Fingerprints
    findings: Sequence[Finding]
    fingerprints: Fingerprints

    def name(self, mine: Fingerprints) -> Finding | None:
        """The mistakes whose answers these are, as one finding; None if nothing is wrong, or no
        mistake or too many fit.

        mine: shape (cases,). A mistake fits if it gave the same answer to every case that was
        answered. It may also be made in some cases only: if a single mistake gave the same wrong
        answers, it is named too.
        """
        everywhere, somewhere = self._fitting(mine)
        most = MOST_NAMED if everywhere.any() else 1
        fits = everywhere if everywhere.any() else somewhere
        fitting = [finding for finding, fit in zip(self.findings, fits, strict=True) if fit]
        by_sentence = {finding.sentence: finding for finding in reversed(fitting)}
        chosen = [*reversed(by_sentence.values())]
        if not 0 < len(chosen) <= most or not self._wrong(mine).any():
            return None
        return Finding(" ".join(f.id for f in chosen), " Or: ".join(f.sentence for f in chosen))

    def next_case(
        self, mine: Fingerprints, asked: Sequence[int], failed: Collection[str]
    ) -> int | None:
        """The number of the case to ask a wrong submission next; None once no more is needed.

        failed: the groups in which it was wrong, which tell most. Of their cases the one is next
        that tells the mistakes apart best that still fit.
        """
        everywhere, somewhere = self._fitting(mine)
        if not somewhere.any() or len(asked) >= MOST_ASKED:
            return None
        fitting = np.flatnonzero(everywhere if everywhere.any() else somewhere)
        alike = self._alike[np.ix_(fitting, fitting)].sum(axis=0).max(axis=0)  # (cases,)
        left = [n for n in range(len(self.cases)) if n not in asked]
        telling = [n for n in left if alike[n] < len(fitting)]
        if telling:
            return min(telling, key=lambda n: (*self._last(n, failed), alike[n], n))
        if len(asked) >= LEAST_ASKED:
            return None
        groups = {self.cases[n].group for n in asked}
        small = [n for n in left if not self._large[n]]
        return min(small, key=lambda n: (self.cases[n].group in groups, n), default=None)

    def _last(self, number: int, failed: Collection[str]) -> tuple[bool, bool]:
        return self.cases[number].group not in failed, self._large[number]

    def _fitting(self, mine: Fingerprints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which mistakes gave the same in every case, and which in every case that is wrong."""
        same = same_answers(mine, self.fingerprints)
        answered = mine["elements"] != NO_ANSWER
        wrong = self._wrong(mine)
        return np.all(same[:, answered], axis=1), np.all(same[:, wrong], axis=1)

    def _wrong(self, mine: Fingerprints) -> NDArray[np.bool_]:
        answered: NDArray[np.bool_] = mine["elements"] != NO_ANSWER
        return answered & ~same_answers(mine, self.right)

    @cached_property
    def _alike(self) -> NDArray[np.bool_]:
        """Shape (mistakes, mistakes, cases): which answer which case alike."""
        none = self.fingerprints["elements"] == NO_ANSWER
        alike = [
            same_answers(one, self.fingerprints) | (without & none)
            for one, without in zip(self.fingerprints, none, strict=True)
        ]
        return np.array(alike).reshape(len(alike), *self.fingerprints.shape)

    @cached_property
    def _large(self) -> list[bool]:
        return [sum(np.size(a) for a in case.arguments) > LARGE for case in self.cases]
