"""Finds the right weights of a patch at other places: in another order, reversed, twice. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from .finding import Finding

Array = NDArray[np.float64]

AXES = {"H": "row", "W": "column", "C": "channel"}


@dataclass(frozen=True)
class Weights:
    """right, got: shape (patches, numbers of a patch, features); the numbers of a patch in the
    order of the image's axes. shape: of one patch, and axes: its letters. noise: how far equal
    weights may be apart.
    """

    axes: list[str]
    shape: tuple[int, ...]
    right: Array
    got: Array
    noise: float

    def same(self, one: Array, other: Array) -> bool:
        """Whether weights are equal up to rounding."""
        return bool((np.abs(one - other) <= self.noise).all())

    def name(self, number: int) -> str:
        """A place within a patch, in words."""
        place = np.unravel_index(number, self.shape)
        return " ".join(f"{AXES[a]} {n}" for a, n in zip(self.axes, place, strict=True))


def moved_weights(weights: Weights, right: Array, got: Array) -> Iterator[Finding]:
    """right, got: shape (numbers of a patch, features), the same for all patches."""
    yield from _order(weights, right, got)
    yield from _features(weights, right, got)


def _order(weights: Weights, right: Array, got: Array) -> Iterator[Finding]:
    """The right weights at other places of the patch."""
    axes = range(len(weights.shape))
    block = right.reshape(*weights.shape, -1)
    names = [AXES[letter] for letter in weights.axes]
    for order in permutations(axes):
        # The pixels come in this order and are multiplied with weights of the right order.
        placed = np.empty_like(right)
        placed[np.arange(len(right)).reshape(weights.shape).transpose(order).ravel()] = right
        if order != tuple(axes) and weights.same(placed, got):
            yield Finding(
                f"weights:order:{','.join(names[a] for a in order)}",
                "The weights are right, but the numbers within each patch come in another order: "
                f"({', '.join(names[a] for a in order)}). The weights belong to the order "
                f"({', '.join(names)}).",
            )
            return
    for flips in product((False, True), repeat=len(weights.shape)):
        turned = np.flip(block, tuple(a for a in axes if flips[a])).reshape(right.shape)
        if any(flips) and weights.same(turned, got):
            which = [f"{names[a]}s" for a in axes if flips[a]]
            what = " and ".join(filter(None, (", ".join(which[:-1]), which[-1])))
            yield Finding(
                f"weights:reversed:{','.join(which)}",
                f"The weights are right, but within each patch the {what} are reversed: the first "
                "is multiplied with the weights of the last.",
            )
            return
    moves = _matches(weights, right, got)
    if moves is not None:
        first = next(n for n, m in enumerate(moves) if n != m)
        yield Finding(
            "weights:other-order",
            "The weights are right, but the numbers within each patch come in another order: for "
            f"example, {weights.name(first)} is multiplied with the weights of "
            f"{weights.name(moves[first])}.",
        )
    elif source_of := _rows_of(weights, right, got):
        number, source = source_of
        yield Finding(
            "weights:repeated",
            f"Within each patch, {weights.name(number)} is multiplied with the weights of "
            f"{weights.name(source)}, and other weights are not used.",
        )


def _matches(weights: Weights, right: Array, got: Array) -> list[int] | None:
    """Which row of `right` each row of `got` is, if each is used once."""
    near = np.abs(got[:, None] - right[None]).max(axis=2) <= weights.noise
    if (near.sum(axis=0) == 1).all() and (near.sum(axis=1) == 1).all():
        return [int(n) for n in near.argmax(axis=1)]
    return None


def _rows_of(weights: Weights, right: Array, got: Array) -> tuple[int, int] | None:
    """A number of the patch with another's weights, if each has weights of some number."""
    near = np.abs(got[:, None] - right[None]).max(axis=2) <= weights.noise
    if not (near.sum(axis=1) == 1).all():
        return None
    used = near.argmax(axis=1)
    first = next(n for n, m in enumerate(used) if n != m)
    return first, int(used[first])


def _features(weights: Weights, right: Array, got: Array) -> Iterator[Finding]:
    moves = _matches(weights, right.T, got.T)
    if moves is None:
        return
    if moves == [*range(len(moves))][::-1]:
        what = "the features come from the last to the first."
    else:
        first = next(n for n, m in enumerate(moves) if n != m)
        what = (
            f"the features come in another order: your feature {first} is feature {moves[first]} "
            "of the right answer."
        )
    yield Finding("weights:features-moved", f"The weights are right, but {what}")
