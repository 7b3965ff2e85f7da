"""Says which known function of the right answer a student's answer is, such as GELU. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..judging.compare import any_numbers
from .answer_pairs import ENOUGH, AnswerPairs, Curve
from .finding import Finding
from .norms import along_axes

Array = NDArray[np.float64]
Found = tuple[str, str, str]  # an id, words with {right} or {rights} in them, a usual cause

WHOLE = "Every number that you return is "
PART = "The part of your answer that depends on the input is "
LIKELY = 4.0  # standard deviations that a share of dropped numbers may be away


def _erf(x: Array) -> Array:
    return np.array([math.erf(each) for each in x.ravel()]).reshape(x.shape)


def _sigmoid(x: Array) -> Array:
    return 0.5 * (1 + np.tanh(x / 2))


def _softplus(x: Array) -> Array:
    return np.logaddexp(0.0, x)


def _elu(x: Array) -> Array:
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


ACTIVATION = "Look for an activation that does not belong there."
STEP = "Look for a step that does not belong there."
FRACTIONS = "Look for a step that makes whole numbers, such as `round` or an integer dtype."
LIMITS = "Look for a clip, a minimum or a maximum that does not belong there."

# A name may have several curves: what is said is true of each.
ACTIVATIONS: Sequence[tuple[str, Curve]] = (
    ("ReLU", lambda x: np.maximum(x, 0)),
    ("GELU", lambda x: x / 2 * (1 + _erf(x / math.sqrt(2)))),
    ("GELU", lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))),
    ("GELU", lambda x: x * _sigmoid(1.702 * x)),
    ("SiLU (swish)", lambda x: x * _sigmoid(x)),
    ("tanh", np.tanh),
    ("sigmoid", _sigmoid),
    ("softplus", _softplus),
    ("ELU", _elu),
    ("SELU", lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * _elu(x))),
    ("Mish", lambda x: x * np.tanh(_softplus(x))),
    ("softsign", lambda x: x / (1 + np.abs(x))),
    ("hard sigmoid", lambda x: np.clip(x + 3, 0, 6) / 6),
    ("hard swish", lambda x: x * np.clip(x + 3, 0, 6) / 6),
)
OTHERS: Sequence[tuple[str, str, str, Curve]] = (
    ("abs", "the absolute value of {right}", STEP, np.abs),
    ("square", "the square of {right}", STEP, np.square),
    ("exp", "exp of {right}", STEP, np.exp),
    ("sin", "the sine of {right}", STEP, np.sin),
    ("cos", "the cosine of {right}", STEP, np.cos),
    ("sign", "the sign of {right}", STEP, np.sign),
    ("rounded", "{right}, rounded to a whole number", FRACTIONS, np.rint),
    ("truncated", "{right}, with its fraction cut off", FRACTIONS, np.trunc),
    ("floor", "{right}, rounded down to a whole number", FRACTIONS, np.floor),
    ("ceil", "{right}, rounded up to a whole number", FRACTIONS, np.ceil),
)
KNOWN: Sequence[tuple[Found, Curve]] = (
    *(
        ((name.split(" (")[0].lower().replace(" ", "-"), f"{name} of {{right}}", ACTIVATION), curve)
        for name, curve in ACTIVATIONS
    ),
    *(((id, words, cause), curve) for id, words, cause, curve in OTHERS),
)


@any_numbers
def find_curve(
    right: Sequence[Array],
    got: Sequence[Array],
    tolerance: float,
    fixed: Array | None,
    axes: Sequence[str] = (),
) -> Finding | None:
    """The known function that leads from each right answer to the student's; None if there is none,
    or if something simpler explains it: the same numbers, a factor, a line, an answer that is
    always the same.

    right, got: answers to different inputs, all in one shape; the right ones are finite. tolerance:
    relative to the largest number of an answer, as `relative_tolerance` gives it. fixed: in the
    shape of an answer, what the right one has for zeros: the function may come before that is
    added. axes: names of the answer's axes, such as ("images", "tokens", "features").
    """
    first, second = np.stack(right).astype(np.float64), np.stack(got).astype(np.float64)
    top = np.abs(first).max(axis=tuple(range(1, first.ndim)), keepdims=True, initial=0.0)
    pairs = AnswerPairs(first, second, tolerance * top, tolerance)
    found = _explain(pairs, axes, WHOLE)
    if found or fixed is None or not fixed.any():
        return found
    part = _what_depends(replace(pairs, right=first - fixed, got=second - fixed))
    return None if part is None else _explain(part, axes, PART)


def _what_depends(pairs: AnswerPairs) -> AnswerPairs | None:
    """Only the tokens, that is the places along the second last axis, that depend on the input.

    None if one of the others depends on it in the student's answer.
    """
    if pairs.right.ndim < 3:
        return pairs
    others = tuple(axis for axis in range(pairs.right.ndim) if axis != pairs.right.ndim - 2)
    depends = (np.abs(pairs.right) > pairs.rounding).any(axis=others)
    steady = np.ptp(pairs.got[..., ~depends, :], axis=0)
    if not (steady <= pairs.rounding.max()).all():
        return None
    return replace(pairs, right=pairs.right[..., depends, :], got=pairs.got[..., depends, :])


def _explain(pairs: AnswerPairs, axes: Sequence[str], subject: str) -> Finding | None:
    if not pairs.right.size:
        return None
    suffix = "" if subject is WHOLE else ":part"
    if masked := _mask(pairs, suffix):
        return masked
    found = next(_curves(pairs, axes), None)
    if found is None:
        return None
    id, words, cause = found
    finite = "" if pairs.finite.all() else ", apart from NaN and infinity"
    one, all = ("the right one", "the right ones") if subject is WHOLE else ("the right one's",) * 2
    what = words.format(right=one, rights=all)
    return Finding(f"curve:{id}{suffix}", f"{subject}{what}{finite}. {cause}")


def _curves(pairs: AnswerPairs, axes: Sequence[str]) -> Iterator[Found]:
    if not pairs.tells():
        return
    if pairs.fits(lambda x: 1 - x, straight=True):
        yield "one-minus", "1 minus {right}", STEP
    fitting = {found for found, curve in KNOWN if pairs.fits(curve)}
    if len(fitting) > 1:
        return  # the numbers don't tell them apart
    yield from fitting
    yield from _measured(pairs)
    yield from along_axes(pairs, axes)


def _measured(pairs: AnswerPairs) -> Iterator[Found]:
    """Curves with a number of their own, which is measured."""
    right, got, finite = pairs.right, pairs.got, pairs.finite
    negative = finite & (right < -pairs.rounding)
    if ENOUGH <= negative.sum() <= finite.sum() - ENOUGH:
        slope = _factor(pairs, right, negative)
        if pairs.fits(lambda x: np.where(x > 0, x, slope * x)):
            words = f"leaky ReLU of {{right}}, with a slope of {slope:.4g}"
            yield f"leaky-relu:{slope:.4g}", words, ACTIVATION
        alpha = _factor(pairs, np.expm1(np.minimum(right, 0)), negative)
        if pairs.fits(lambda x: np.where(x > 0, x, alpha * _elu(x))):
            yield f"elu:{alpha:.4g}", f"ELU of {{right}}, with an alpha of {alpha:.4g}", ACTIVATION
    low, high = float(got[finite].min()), float(got[finite].max())
    inside = (right > low + pairs.rounding) & (right < high - pairs.rounding)
    if inside[finite].sum() >= ENOUGH and pairs.fits(lambda x: np.clip(x, low, high)):
        limits = []
        if (right < low - pairs.rounding)[finite].any():
            limits.append(f"at least {low:.4g}")
        if (right > high + pairs.rounding)[finite].any():
            limits.append(f"at most {high:.4g}")
        yield "clipped", f"{{right}}, cut to be {' and '.join(limits)}", LIMITS


def _factor(pairs: AnswerPairs, of: Array, there: NDArray[np.bool_]) -> float:
    """The best factor from `of` to the student's numbers, at some places."""
    weights = 1 / np.maximum(pairs.rounding, pairs.tolerance)
    x, y = (of * weights)[there], (pairs.got * weights)[there]
    return float(np.vdot(x, y) / np.vdot(x, x))


def _mask(pairs: AnswerPairs, suffix: str) -> Finding | None:
    """Some places are always 0, and all others are the right numbers times one factor."""
    right, got, error = pairs.right, pairs.got, pairs.rounding
    zero: NDArray[np.bool_] = np.all(np.abs(got) <= error, axis=0)
    kept = ~zero & (np.abs(right) > error).any(axis=0)
    if kept.sum() < ENOUGH or not pairs.finite.all():
        return None
    factor = _factor(pairs, right, np.broadcast_to(kept, right.shape))
    lost: NDArray[np.bool_] = zero & np.any(factor * np.abs(right) > ENOUGH * error, axis=0)
    same = np.abs(got - factor * right) <= max(factor, 1.0) * error
    if not lost.any() or not (same | lost).all():
        return None
    scaled = not (np.abs(got - right) <= error)[:, kept].all()
    many, all = int(lost.sum()), lost.size
    share = 1 - 1 / factor if scaled else 0.0
    spread = LIKELY * math.sqrt(all * max(share * (1 - share), 0.0)) + 1
    dropout = scaled and abs(many - share * all) <= spread
    if dropout:
        cause = "dropout"
    elif lost.ndim > 1 and ((lost == lost[..., :1]).all() or (lost == lost[:1, ..., :1, :]).all()):
        cause = "a mask, or for a part of the result that is never filled"  # whole tokens, features
    else:
        cause = "dropout, for a mask, or for a part of the result that is never filled"
    where = "In the part of your answer that depends on the input, " if suffix else ""
    others = f"{factor:.4g} times the right ones" if scaled else "right"
    return Finding(
        f"curve:{'dropout' if dropout else 'mask'}{suffix}",
        f"{where}{many} of {'the ' if where else ''}{all} numbers {'is' if many == 1 else 'are'} "
        f"always 0, and all others are {others}. Look for {cause}.",
    )
