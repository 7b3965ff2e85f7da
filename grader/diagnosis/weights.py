"""Compares the weights that each patch is multiplied with to the right ones. Pure.

The answer must be linear in the image, and each token must read its own patch: then its responses
to single numbers of the image are the weights.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .experiments import elements_shape, letters
from .finding import Finding
from .measured import Measured, responses
from .precision import NEARLY
from .weights_moved import AXES, Weights, moved_weights

Array = NDArray[np.float64]

FEW = 6  # numbers that a sentence can list


def compare_weights(measured: Measured) -> Finding | None:
    """The most specific finding that is true of the weights of all patches; None if they are right.

    measured: of a function whose tokens read their own patches only, and all of it or parts.
    """
    weights = _weights(measured)
    if weights is None or weights.same(weights.right, weights.got):
        return None
    return next(_explanations(measured, weights), None)


def _weights(measured: Measured) -> Weights | None:
    problem, view = measured.problem, measured.view
    axes = [letter for letter in letters(problem) if letter in AXES]
    shape = elements_shape(problem)
    if len(axes) != len(shape):
        return None
    right, got = (responses(problem, a, measured.rounding) for a in (measured.right, measured.got))
    counts = {"H": view.rows, "W": view.columns}
    sides = tuple(n // counts.get(letter, 1) for letter, n in zip(axes, shape, strict=True))
    places = np.indices(shape).reshape(len(shape), -1)
    grid = {a: n // side for a, n, side in zip(axes, places, sides, strict=True)}
    patch = grid["H"] * view.columns + grid["W"]
    order = np.argsort(patch, kind="stable")  # the numbers of each patch keep their order
    tokens = patch[order] + view.extra

    def of_patches(values: Array) -> Array:
        own: Array = values[order, 0, tokens]
        return own.reshape(view.rows * view.columns, -1, view.features)

    noise = max(right.noise, got.noise)
    return Weights(axes, sides, of_patches(right.values), of_patches(got.values), noise)


def _explanations(measured: Measured, weights: Weights) -> Iterator[Finding]:
    """All that is true, the most specific first."""
    right, got = weights.right[0], weights.got[0]
    if not weights.same(weights.got, np.broadcast_to(got, weights.got.shape)):
        yield from _differ_by_patch(weights)
        return
    yield from _factors(weights, right, got)
    # Order and factor are two things.
    factor = float(np.linalg.norm(got) / np.linalg.norm(right))
    times = "" if abs(factor - 1) < 1e-3 else f" Besides, all are {factor:.4g} times as large."
    scaled = replace(weights, noise=weights.noise * max(1, 1 / factor)) if factor else weights
    for finding in moved_weights(scaled, right, got / (factor or 1)):
        yield Finding(finding.id + ":times" * bool(times), finding.sentence + times)
    yield from _other_weights(measured, weights, right, got)


def _differ_by_patch(weights: Weights) -> Iterator[Finding]:
    factors = [_factor(weights, r, g) for r, g in zip(weights.right, weights.got, strict=True)]
    if all(factor is not None for factor in factors):
        texts = [f"{factor:.4g}" for factor in factors if factor is not None]
        yield Finding(
            "weights:factor-by-patch",
            "The weights are right but for a factor, which is another one for different patches: "
            f"{_listed(texts)}. All patches have the same weights.",
        )
    else:
        yield Finding(
            "weights:differ-by-patch",
            "Different patches are multiplied with different weights. In the right answer all "
            "patches have the same weights, in all rows and columns.",
        )


def _factor(weights: Weights, right: Array, got: Array) -> float | None:
    """Only if it explains every weight."""
    square = float(np.vdot(right, right))
    factor = float(np.vdot(right, got)) / square if square else 0.0
    bound = weights.noise * max(1.0, abs(factor))
    return factor if (np.abs(got - factor * right) <= bound).all() else None


def _factors(weights: Weights, right: Array, got: Array) -> Iterator[Finding]:
    """One for all weights, or one for each feature, channel or place within the patch."""
    factor = _factor(weights, right, got)
    if factor is not None:
        yield Finding(
            f"weights:factor:{factor:.4g}",
            f"What the image adds to each number is {factor:.4g} times what it should be: either "
            "the pixels or the weights have a factor that does not belong there.",
        )
        return
    by_feature = [_factor(weights, r, g) for r, g in zip(right.T, got.T, strict=True)]
    if None not in by_feature:
        lengths = np.sqrt((got**2).sum(axis=0))
        unit = bool((np.abs(lengths - 1) <= 1e-3).all())
        texts = [f"{factor:.4g}" for factor in by_feature if factor is not None]
        more = " All weights of a feature together have length 1: they are normalized." * unit
        yield Finding(
            f"weights:factor-by-feature{':unit' * unit}",
            "The weights are right but for a factor, which is another one for different features: "
            f"{_listed(texts)}.{more}",
        )
        return
    places = [_factor(weights, r, g) for r, g in zip(right, got, strict=True)]
    if None in places or weights.noise * 10 > np.abs(right).max(axis=1).min():
        return
    table = np.array(places, np.float64).reshape(weights.shape)
    for axis, letter in enumerate(weights.axes):
        along = np.moveaxis(table, axis, 0).reshape(table.shape[axis], -1)
        spread = np.abs(along - along[:, :1]).max()
        if spread <= 10 * weights.noise / np.abs(right).max(axis=1).min():
            texts = [f"{value:.4g}" for value in along[:, 0]]
            yield Finding(
                f"weights:factor-by-{AXES[letter]}",
                f"The weights are right but for a factor, which is another one for each "
                f"{AXES[letter]}{'' if letter == 'C' else ' of a patch'}: {_listed(texts)}.",
            )
            return
    first = next(n for n, factor in enumerate(table.ravel()) if abs(factor - 1) > 1e-3)
    yield Finding(
        "weights:factor-by-place",
        "The weights are right but for factors that depend on the place within the patch: at "
        f"{weights.name(first)} it is {table.ravel()[first]:.4g}.",
    )


def _other_weights(
    measured: Measured, weights: Weights, right: Array, got: Array
) -> Iterator[Finding]:
    """Not the right ones in any order: what can be measured of them."""
    usual = measured.problem.weights
    apart = float(np.abs(got - right).max() / np.abs(right).max())
    if apart < NEARLY:
        yield Finding(
            "weights:precision",
            "Your weights are the right ones, but only to about "
            f"{-math.log2(apart):.0f} bits: float32 has 24, float16 11 and bfloat16 8. Use "
            "float32 weights, and round nothing.",
        )
        return
    mine, theirs = np.sort(got.ravel()), np.sort(right.ravel())
    factor = float(mine.std() / theirs.std()) if theirs.std() else 0.0
    if factor and (np.abs(mine / factor - theirs) <= 2 * weights.noise * max(1, 1 / factor)).all():
        times = "" if abs(factor - 1) < 1e-3 else f", each {factor:.4g} times as large"
        yield Finding(
            "weights:same-numbers",
            f"Your weights are the same numbers as the right ones{times}, but at other places: "
            "they are drawn, stored or flattened in another order of the axes.",
        )
    elif weights.same(np.abs(got), np.abs(right)):
        yield Finding(
            "weights:signs",
            "Your weights are the right ones, but some have the other sign.",
        )
    elif np.ptp(got) <= weights.noise:
        value = f"{float(got.mean()):.4g}"
        yield Finding(
            f"weights:constant:{value}",
            f"Each token is one linear map of its patch, but all its weights are {value}. {usual}",
        )
        return
    for axis, letter in enumerate(weights.axes):
        blocks = np.moveaxis(got.reshape(*weights.shape, -1), axis, 0)
        if len(blocks) > 1 and weights.same(blocks, np.broadcast_to(blocks[0], blocks.shape)):
            yield Finding(
                f"weights:same-for-each-{AXES[letter]}",
                f"All {AXES[letter]}s{'' if letter == 'C' else ' of a patch'} have the same "
                "weights, as after a mean or a sum over them. Each has weights of its own.",
            )
            return
    else:
        yield Finding(
            "weights:other",
            "Each token is one linear map of its patch, the same for all patches, but with other "
            f"weights: yours lie between {mine[0]:.3g} and {mine[-1]:.3g} with a deviation of "
            f"{mine.std():.3g}, the right ones between {theirs[0]:.3g} and {theirs[-1]:.3g} with "
            f"a deviation of {theirs.std():.3g}. {usual}",
        )


def _listed(texts: list[str]) -> str:
    some = ", ".join(texts[:FEW])
    return some if len(texts) <= FEW else f"{some}, …"
