"""Names known mistakes by the fingerprints of what they answer to practice cases. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case
from .finding import Finding
from .fingerprints import NO_ANSWER, Fingerprints, same_answers

MOST_NAMED = 3  # mistakes that can't be told apart
LEAST_ASKED = 6  # practice cases, before a mistake is clear


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

    def is_clear(self, mine: Fingerprints, asked: int, failed: Collection[str]) -> bool:
        """Whether it is clear what to name after so many practice cases, the first ones.

        It is if no mistake fits any more; or if one fits, or several that can't be told apart, and
        it fails in the same groups. failed: the groups in which the submission was wrong.
        """
        everywhere, somewhere = self._fitting(mine)
        if not somewhere.any():
            return True
        if asked < LEAST_ASKED or not everywhere.any() or not self._wrong(mine).any():
            return False
        first, *others = self.fingerprints[everywhere]
        same = all(np.array_equal(same_answers(first, o), same_answers(o, o)) for o in others)
        fails = np.flatnonzero(self._wrong(first))
        return same and {self.cases[int(number)].group for number in fails} == set(failed)

    def _fitting(self, mine: Fingerprints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which mistakes gave the same in every case, and which in every case that is wrong."""
        same = same_answers(mine, self.fingerprints)
        answered = mine["elements"] != NO_ANSWER
        wrong = self._wrong(mine)
        return np.all(same[:, answered], axis=1), np.all(same[:, wrong], axis=1)

    def _wrong(self, mine: Fingerprints) -> NDArray[np.bool_]:
        answered: NDArray[np.bool_] = mine["elements"] != NO_ANSWER
        return answered & ~same_answers(mine, self.right)
