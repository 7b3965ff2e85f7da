"""Finds what is added to each token, such as [CLS] and positions, and to which. Pure.

The right answer holds each row of these arguments in certain tokens. A row that is changed changes
the tokens that hold it, by as much as they hold of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .experiments import (
    AS_IT_IS,
    ZEROS,
    elements_shape,
    letters,
    main_argument,
    row_change,
    row_of,
)
from .finding import Finding
from .heat_map import token_name
from .measured import Measured, responses

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Held:
    """How much of each row of an argument each token holds: shape (rows, images, tokens). as_it_is:
    whether the tokens hold it without any other change. moved: whether each number of a row is
    added, once in each image, but not all of them in the right features of one token.
    """

    amounts: Array
    as_it_is: bool
    moved: bool


def compare_added(measured: Measured) -> Finding | None:
    """The most specific finding about what does not depend on the image; None if it is right."""
    return next(_explanations(measured), None)


def _explanations(measured: Measured) -> Iterator[Finding]:
    problem, base = measured.problem, measured.cases[AS_IT_IS]
    for number, name in enumerate(problem.parameters):
        rows = [row_of(name, row) for row in range(len(np.atleast_1d(base.arguments[number])))]
        rows = [row for row in rows if row in measured.got]
        if not rows or number == main_argument(problem):
            continue
        right, got = (_held(answers, rows, measured) for answers in (measured.right, measured.got))
        ones = np.isclose(right.amounts, np.rint(right.amounts), atol=1e-3).all()
        if right.as_it_is and ones:  # it is only added
            one_row = np.ndim(base.arguments[number]) == 1
            yield from _compare_rows(measured, name, right.amounts, got, one_row)
    yield from _offset(measured)


def _held(answers: Mapping[str, Array], rows: list[str], measured: Measured) -> Held:
    base = answers[AS_IT_IS]
    change = row_change(base.shape[-1]).astype(np.float64)
    changes = np.array([answers[row] for row in rows]) - base
    amounts = changes @ change / (change @ change)
    largest = max(float(np.abs(answers[row]).max()) for row in rows)
    rest = np.abs(changes - amounts[..., None] * change).max()
    amounts = np.where(np.abs(amounts) <= 1e-3 * np.abs(amounts).max(), 0, amounts)
    noise = 2 * measured.rounding * largest
    per_image = np.sort(changes.reshape(*changes.shape[:2], -1), axis=2)
    wanted = np.zeros(per_image.shape[2])
    wanted[: change.size] = change
    moved = np.abs(per_image - np.sort(wanted)).max() <= noise
    return Held(amounts, bool(rest <= noise), bool(moved))


def _compare_rows(
    measured: Measured, name: str, right: Array, got: Held, one_row: bool
) -> Iterator[Finding]:
    """right: the amounts, each 0 or 1. one_row: whether the argument is a single row."""
    amounts = got.amounts
    what = f"`{name}`" if one_row else f"one row of `{name}`"
    if not got.as_it_is and got.moved:
        yield Finding(
            f"added:moved:{name}",
            f"If {what} changes, your answer changes by the same numbers, but in other "
            f"tokens or features: look for a reshape or a transpose of `{name}`.",
        )
        return
    if not got.as_it_is:
        yield Finding(
            f"added:changed:{name}",
            f"If {what} changes, your answer changes by something else than this "
            f"change, so `{name}` is not just added as it is.",
        )
        return
    if np.allclose(amounts, right, atol=1e-3):
        return
    held = right != 0
    factors = amounts[held]
    if np.allclose(amounts[~held], 0, atol=1e-3) and np.ptp(factors) <= 1e-3:
        factor = float(factors.mean())
        what = "is not added to your answer" if not factor else f"is added {factor:.4g} times"
        what = "is subtracted" if abs(factor + 1) <= 1e-3 else what
        kind = "none" if not factor else f"{factor:.4g}"
        yield Finding(f"added:times:{name}:{kind}", f"`{name}` {what}. It is to be added once.")
        return
    tokens = np.abs(amounts - right).max(axis=0) > 1e-3  # (images, tokens)
    image, token = (int(n) for n in np.argwhere(tokens)[0])
    view = measured.view
    where = f"token {token} ({token_name(token, view.extra, view.columns)})"
    if image:
        where = f"in image {image} of a batch (counted from 0), {where}"
    should, does = (_rows(name, table[:, image, token], one_row) for table in (right, amounts))
    places = [np.flatnonzero(np.abs(a[0, 0]) > 1e-3) for a in (right, amounts)]
    if one_row and (right == right[:, :1]).all() and all(len(p) == 1 for p in places):
        (belongs,), (lies,) = places
        yield Finding(
            f"added:elsewhere:{name}:{lies}",
            f"`{name}` belongs in token {belongs}, and it is in token {lies} of your answer "
            "(tokens are counted from 0).",
        )
        return
    held_rows = np.abs(amounts) > 1e-3  # (rows, images, tokens)
    first = held_rows[:, :, :1]
    if (held_rows == first).all() and (first.sum(axis=0) == 1).all() and view.images > 1:
        rows = first[:, :, 0].argmax(axis=0)
        if len({*rows}) > 1:
            yield Finding(
                f"added:by-image:{name}",
                f"All tokens of an image hold the same row of `{name}`: those of image 0 row "
                f"{rows[0]}, those of image 1 row {rows[1]}. Each token has a row of its own, the "
                "same in all images.",
            )
            return
    wrong = int(np.count_nonzero(tokens[image]))
    others = "" if wrong == 1 else f" {wrong} of {tokens.shape[1]} tokens differ in this."
    yield Finding(
        f"added:rows:{name}:{token}:{does.replace('`', '')}",
        f"{where[0].upper()}{where[1:]} should hold {should}, but it holds {does}.{others}",
    )


def _rows(name: str, amounts: Array, one_row: bool) -> str:
    """What a token holds of an argument, in words."""
    some = [int(n) for n in np.flatnonzero(np.abs(amounts) > 1e-3)]
    if not some:
        return f"nothing of `{name}`" if one_row else f"no row of `{name}`"
    if len(some) > 3 and np.ptp(amounts[some]) <= 1e-3:
        return f"{amounts[some[0]]:.3g} times the sum of {len(some)} rows of `{name}`"
    texts = []
    for row in some[:4]:
        which = f"`{name}`" if one_row else f"`{name}[{row}]`"
        times = "" if abs(amounts[row] - 1) <= 1e-3 else f"{amounts[row]:.4g} times "
        texts.append(times + which)
    return " and ".join(texts) + (" and others" if len(some) > 4 else "")


def _offset(measured: Measured) -> Iterator[Finding]:
    """What else is added, measured on zeros."""
    right, got = measured.right[ZEROS], measured.got[ZEROS]
    noise = measured.rounding * max(float(np.abs(right).max()), float(np.abs(got).max()))
    offset = got - right
    if not (np.abs(offset) > noise).any():
        return
    zeros = f"`{measured.problem.parameters[main_argument(measured.problem)]}` of zeros"
    extra = measured.view.extra
    if np.ptp(offset) <= noise:
        value = f"{float(offset.mean()):.4g}"
        yield Finding(f"added:constant:{value}", f"{value} is added to every number.")
    elif extra and np.ptp(offset[:, extra:]) <= noise:
        value = f"{float(offset[:, extra:].mean()):.4g}"
        yield Finding(
            f"added:constant-to-patches:{value}",
            f"{value} is added to every number of the tokens of patches.",
        )
    elif amounts := _added_to_pixels(measured, offset):
        texts = ", ".join(f"{amount:.4g}" for amount in amounts)
        if np.ptp(amounts) <= 1e-3 * abs(amounts[0]):
            texts, where = f"{amounts[0]:.4g}", "every pixel"
        else:
            where = "the pixels of the channels, in their order"
        yield Finding(
            f"added:pixels:{','.join(f'{amount:.4g}' for amount in amounts)}",
            f"For {zeros}, your answer is as if you had added {texts} to {where}. Use the pixels "
            "as they are: no mean or other number is to be added or subtracted.",
        )
    elif np.ptp(offset, axis=(0, 1)).max() <= noise:
        yield Finding(
            "added:vector",
            "One vector of features, the same for every token, is added to all tokens, such as a "
            "bias. Add nothing of this kind.",
        )
    elif extra and np.ptp(offset[:, extra:], axis=(0, 1)).max() <= noise:
        yield Finding(
            "added:vector-to-patches",
            "One vector of features is added to all tokens of patches, such as a bias. Add "
            "nothing of this kind.",
        )
    else:
        places = np.abs(offset).max(axis=(0, 2)) > noise
        token = int(np.flatnonzero(places)[0])
        name = token_name(token, extra, measured.view.columns)
        some = "all tokens" if places.all() else f"{int(places.sum())} of {places.size} tokens"
        yield Finding(
            "added:other",
            f"For {zeros}, {some} differ from the right ones: numbers from "
            f"{offset.min():.3g} to {offset.max():.3g} are added, in token {token} ({name}) first. "
            "Nothing of this kind is to be added.",
        )


def _added_to_pixels(measured: Measured, offset: Array) -> list[float]:
    """What number for each channel explains the offset by the weights of the function; empty if
    none does. offset: (images, tokens, features).
    """
    problem, extra = measured.problem, measured.view.extra
    found = responses(problem, measured.got, measured.rounding)
    shape, axes = elements_shape(problem), [a for a in letters(problem) if a != "N"]
    channel = np.indices(shape)[axes.index("C")].ravel() if "C" in axes else np.zeros(shape).ravel()
    sums = [found.values[channel == c, 0].sum(axis=0) for c in np.unique(channel)]
    by_channel = np.stack(sums, axis=-1)[extra:].reshape(-1, len(sums))
    wanted = offset[0, extra:].ravel()
    if np.linalg.matrix_rank(by_channel) < len(sums) or len(wanted) <= 2 * len(sums):
        return []
    amounts, *_ = np.linalg.lstsq(by_channel, wanted, rcond=None)
    noise = len(found.values) * found.noise * max(1.0, float(np.abs(amounts).max()))
    fits = np.abs(by_channel @ amounts - wanted).max() <= noise
    clear = np.abs(wanted).max() > 10 * noise
    alike = np.ptp(offset, axis=0).max() <= noise  # in all images
    only_patches = np.abs(offset[:, :extra]).max(initial=0) <= noise
    return [float(a) for a in amounts] if fits and clear and alike and only_patches else []
