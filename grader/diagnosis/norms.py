"""Finds what was done with the right answer along its axes: softmax, norms, a sort. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from .answer_pairs import AnswerPairs, Curve

Array = NDArray[np.float64]
Axes = tuple[int, ...]
Along = Callable[[Array, Axes], Array]  # the result broadcasts with the first argument

LARGEST_EPSILON = 1.0


@dataclass(frozen=True)
class Norm:
    """What is subtracted and by what the rest is divided. {right}, {axes} stand in the words."""

    id: str
    words: str
    size: Along
    centre: Along | None = None


def _mean(x: Array, axes: Axes) -> Array:
    return np.asarray(x.mean(axis=axes, keepdims=True))


def _smallest(x: Array, axes: Axes) -> Array:
    return np.asarray(x.min(axis=axes, keepdims=True))


def _largest(x: Array, axes: Axes) -> Array:
    return np.asarray(x.max(axis=axes, keepdims=True))


def _sum(x: Array, axes: Axes) -> Array:
    return np.asarray(x.sum(axis=axes, keepdims=True))


def _root_mean_square(x: Array, axes: Axes) -> Array:
    return np.sqrt(_mean(x**2, axes))


def _deviation_of_sample(x: Array, axes: Axes) -> Array:
    return np.asarray(x.std(axis=axes, ddof=1, keepdims=True))


def _length(x: Array, axes: Axes) -> Array:
    return np.sqrt(_sum(x**2, axes))


def _log_softmax(x: Array, axes: Axes) -> Array:
    below = x - _largest(x, axes)
    return below - np.log(_sum(np.exp(below), axes))


STEP = "Look for a {} that does not belong there."
SOFTMAX, MEAN, NORM = STEP.format("softmax"), STEP.format("mean"), STEP.format("normalization")
STANDARD = f"{NORM[:-1]}, such as a layer norm or a batch norm."

PLAIN: Sequence[tuple[str, str, str, Along]] = (
    (
        "softmax",
        "the softmax of {rights} over {axes}",
        SOFTMAX,
        lambda x, a: np.exp(_log_softmax(x, a)),
    ),
    ("log-softmax", "the log-softmax of {rights} over {axes}", SOFTMAX, _log_softmax),
    ("mean-subtracted", "{right} minus the mean over {axes}", MEAN, lambda x, a: x - _mean(x, a)),
    ("mean", "the mean of {rights} over {axes}", MEAN, lambda x, a: _mean(x, a) + 0 * x),
)
DEVIATION = "{right} minus the mean over {axes}, divided by the standard deviation"
NORMS: Sequence[Norm] = (
    Norm("standardized", DEVIATION, _root_mean_square, _mean),
    Norm("standardized", DEVIATION, _deviation_of_sample, _mean),
    Norm("rms-norm", "{right} divided by the root mean square over {axes}", _root_mean_square),
    Norm("length", "{right} divided by the L2 norm over {axes}", _length),
    Norm("length", "{right} minus the mean over {axes}, divided by the L2 norm", _length, _mean),
    Norm(
        "by-largest",
        "{right} divided by the largest absolute value over {axes}",
        lambda x, axes: _largest(np.abs(x), axes),
    ),
    Norm("by-largest", "{right} divided by the largest value over {axes}", _largest),
    Norm("by-sum", "{right} divided by the sum over {axes}", _sum),
    Norm(
        "by-sum",
        "{right} divided by the sum of the absolute values over {axes}",
        lambda x, axes: _sum(np.abs(x), axes),
    ),
    Norm(
        "from-0-to-1",
        "{right} minus the smallest over {axes}, divided by the largest of these",
        _largest,
        _smallest,
    ),
)


def along_axes(pairs: AnswerPairs, names: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """What fits: its id, its words with {right} in them, and a usual cause.

    names: of the answer's axes; if there are none, they are named by their numbers.
    """
    longer = [axis for axis in range(pairs.right.ndim - 1, 0, -1) if pairs.right.shape[axis] > 1]
    for many in range(1, len(longer) + 1):
        for axes in combinations(longer, many):
            id, words = _names(axes, names, whole=len(longer) == many > 1)
            for name, phrase, cause in _along(pairs, axes):
                yield f"{name}:{id}", phrase.replace("{axes}", words), cause


def _names(axes: Axes, names: Sequence[str], whole: bool) -> tuple[str, str]:
    if whole:
        return "all", "the whole answer"
    numbers = sorted(axis - 1 for axis in axes)
    called = [f"the {names[number]}" if names else f"axis {number}" for number in numbers]
    return "-".join(called).replace("the ", "").replace(" ", "-"), " and ".join(called)


def _along(pairs: AnswerPairs, axes: Axes) -> Iterator[tuple[str, str, str]]:
    for id, words, cause, function in PLAIN:
        if pairs.fits(lambda x, function=function: function(x, axes)):  # type: ignore[misc]
            yield id, words, cause
    for norm in NORMS:
        for curve, epsilon in _norm_curves(norm, pairs, axes):
            if pairs.fits(curve):
                with_epsilon = f", with an epsilon of about {epsilon:.1g}" if epsilon else ""
                cause = STANDARD if norm.id == "standardized" else NORM
                yield norm.id, norm.words + with_epsilon, cause
                break
    if len(axes) == 1:
        yield from _sorted(pairs, axes[0])


def _norm_curves(norm: Norm, pairs: AnswerPairs, axes: Axes) -> Iterator[tuple[Curve, float]]:
    """The norm without an epsilon, and with the measured one: added to the squares, or to the size.

    The student's numbers are y / d, so each group of them tells its d = <y, y> / <y, got>.
    """

    def parts(x: Array) -> tuple[Array, Array]:
        rest = x if norm.centre is None else x - norm.centre(x, axes)
        return rest, norm.size(rest, axes)

    def curve(power: int, epsilon: float) -> Curve:
        def divided(x: Array) -> Array:
            rest, size = parts(x)
            divisor = size + epsilon if power == 1 else np.sqrt(size**2 + epsilon)
            return np.divide(rest, divisor, out=np.zeros_like(rest), where=divisor != 0)

        return divided

    yield curve(1, 0.0), 0.0
    rest, size = parts(pairs.right)
    divisor = _sum(rest**2, axes) / _sum(rest * pairs.got, axes)
    for power in (2, 1):
        # How far rounding may move what is measured; the best group is taken.
        error = np.abs(divisor) ** power * pairs.rounding / np.abs(size)
        error = np.where(np.isfinite(error) & (size > 0), error, np.inf)
        best = np.unravel_index(int(np.argmin(error)), error.shape)
        epsilon = float(divisor[best] ** power - size[best] ** power)
        if error[best] < epsilon <= LARGEST_EPSILON:
            yield curve(power, epsilon), epsilon


def _sorted(pairs: AnswerPairs, axis: int) -> Iterator[tuple[str, str, str]]:
    order = np.moveaxis(np.argsort(pairs.right, axis=axis), axis, -1)
    if (order == order[(0,) * (order.ndim - 1)]).all():
        return  # one order for all may have another cause
    cause = STEP.format("sort")
    if pairs.fits(lambda x: np.sort(x, axis=axis)):
        yield "sorted", "{right} after a sort along {axes}, from the smallest to the largest", cause
    if pairs.fits(lambda x: -np.sort(-x, axis=axis)):
        yield "sorted", "{right} after a sort along {axes}, from the largest to the smallest", cause
