"""The right answers beside a student's, and whether a curve leads from one to the other. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Curve = Callable[[Array], Array]  # keeps the shape (pairs, *answer)

ENOUGH = 4  # numbers that no line explains
FAR = 1e4  # times a curve's own rounding: not explained by errors if half of the numbers are
MARGIN = 2.0  # by which an error may be larger than those that are tried


@dataclass(frozen=True)
class AnswerPairs:
    """right, got: (pairs, *answer). right is finite. rounding: how far each of the right numbers
    may be away, in a shape that broadcasts. tolerance: relative to the largest number of an answer.
    """

    right: Array
    got: Array
    rounding: Array
    tolerance: float

    @cached_property
    def finite(self) -> NDArray[np.bool_]:
        return np.isfinite(self.got)

    def tells(self) -> bool:
        """Whether half of the student's numbers or more are finite, and some of these change with
        the input.
        """
        if self.right.size == 0 or self.finite.mean() < 0.5:
            return False
        changes = np.ptp(np.where(self.finite, self.got, 0.0), axis=0)
        return bool((changes > self._own_rounding(self.got).max()).any())

    def fits(self, curve: Curve, *, straight: bool = False) -> bool:
        """Whether every finite number of the student's is on the curve within rounding, and enough
        of them are off every line that could be taken for it.

        straight: the curve is a line itself, so that only the simplest lines are looked at.
        """
        of_right = curve(self.right)
        if not np.isfinite(of_right[self.finite]).all():
            return False
        own = self._own_rounding(of_right)
        away = np.abs(self.got - of_right)
        if np.median((away / own)[self.finite]) > FAR:
            return False
        moved = np.zeros_like(of_right)
        for signs in self._signs:
            shifted = curve(self.right + signs * self.rounding)
            moved = np.maximum(moved, np.abs(shifted - of_right))
        allowed = MARGIN * moved + own
        return bool((away <= allowed)[self.finite].all()) and self._no_line(
            allowed, 3 if straight else 4
        )

    def _own_rounding(self, numbers: Array) -> Array:
        """Of the steps of a curve, which has numbers of about 1 on the way."""
        axes = tuple(range(1, numbers.ndim))
        seen = np.where(self.finite, np.abs(numbers), 0.0)
        largest: Array = np.maximum(seen.max(axis=axes, keepdims=True), 1.0)
        return self.tolerance * largest

    def _no_line(self, allowed: Array, many: int) -> bool:
        return all(
            int((np.abs(self.got - line) > allowed)[self.finite].sum()) >= ENOUGH
            for line in self._lines[:many]
        )

    @cached_property
    def _signs(self) -> Sequence[Array]:
        """Of rounding errors: by the bits of a number's place, so that each two differ in one."""
        size = self.right[0].size
        places = np.arange(size).reshape(self.right.shape[1:])
        signs: list[Array] = [
            1.0 - 2.0 * (places >> bit & 1).astype(np.float64)
            for bit in range(size.bit_length() + 1)
        ]
        return signs + [-each for each in signs]

    @cached_property
    def _lines(self) -> Sequence[Array]:
        """Same numbers, opposite ones, all the same, and the best line of all."""
        weights = np.broadcast_to(1 / np.maximum(self.rounding, self.tolerance), self.right.shape)
        there = weights[self.finite]
        columns = np.stack([self.right[self.finite] * there, there], axis=1)
        slope, start = np.linalg.lstsq(columns, self.got[self.finite] * there, rcond=None)[0]
        middle = np.full_like(self.right, np.median(self.got[self.finite]))
        return self.right, -self.right, middle, slope * self.right + start
