"""Says what is in an answer of the wrong size, by finding the right tokens in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem, View
from ..judging.compare import any_numbers, relative_tolerance
from .finding import Finding

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WrongSize:
    """One wrong answer. right: (images, tokens, features). got: flat, of another size. bound: how
    far equal numbers may be apart. inputs: the arguments that are arrays.
    """

    view: View
    right: Array
    got: Array
    bound: float
    inputs: Sequence[Array] = ()

    def same(self, one: Array, other: Array) -> bool:
        """Whether two arrays are equal up to rounding."""
        return one.shape == other.shape and bool((np.abs(one - other) <= self.bound).all())


def wrong_size(
    problem: Problem, case: Case, right: Array, values: NDArray[np.floating]
) -> WrongSize:
    """An answer of a problem that has a `view`. right: in the statement's shape. values: flat."""
    assert problem.view is not None
    view = problem.view(case)
    tokens = right.reshape(view.images, -1, view.features)
    largest = float(np.abs(right).max(initial=0.0))
    bound = relative_tolerance(case.terms, problem.tolerance_factor) * largest
    inputs = [a.astype(np.float64) for a in case.arguments if isinstance(a, np.ndarray)]
    return WrongSize(view, tokens, values.astype(np.float64), bound, inputs)


@any_numbers
def explain_size(answers: Sequence[WrongSize]) -> Finding | None:
    """The most specific finding that is true of every answer; None if there is none.

    Answers in which two of the right tokens are equal say nothing.
    """
    common: dict[str, Finding] | None = None
    for answer in sorted(answers, key=lambda answer: answer.right.size):
        if not np.isfinite(answer.got).all():
            return None
        if _tells(answer):
            found = {finding.id: finding for finding in _explanations(answer)}
            kept = found if common is None else common
            common = {id: finding for id, finding in kept.items() if id in found}
    return next(iter(common.values()), None) if common else None


def _tells(answer: WrongSize) -> bool:
    """Whether each right token differs from all others and from zeros, in every image; and there is
    more than one number.
    """
    images, tokens, features = answer.right.shape
    with_zeros = np.concatenate([answer.right, np.zeros((images, 1, features))], axis=1)
    apart = np.abs(with_zeros[:, :, None] - with_zeros[:, None]).max(axis=3).min(axis=0)
    others = apart[~np.eye(tokens + 1, dtype=bool)]
    enough = min(tokens * features, answer.got.size) > 1
    return enough and bool((others > 2 * answer.bound).all())


def _explanations(answer: WrongSize) -> Iterator[Finding]:
    """All that is true of one answer, the most specific first."""
    yield from _of_images(answer)
    yield from _of_tokens(answer)
    yield from _of_features(answer)
    yield from _of_ends(answer)
    yield from _means(answer)
    yield from _inputs(answer)


def _means(answer: WrongSize) -> Iterator[Finding]:
    """The right numbers, averaged or added up along an axis."""
    right, extra = answer.right, answer.view.extra
    parts = {"images": (right, 0), "tokens": (right, 1), "features": (right, 2)}
    if extra:
        parts["tokens of patches"] = right[:, extra:], 1
    for (name, (part, axis)), kind in product(parts.items(), ("mean", "sum", "max")):
        if part.shape[axis] > 1 and answer.same(answer.got, getattr(part, kind)(axis).ravel()):
            word = {"mean": "mean", "sum": "sum", "max": "largest"}[kind]
            yield _finding(
                f"{kind}:{name.replace(' ', '-')}",
                f"You return the {word} of the right {name}. Return them all.",
            )


def _inputs(answer: WrongSize) -> Iterator[Finding]:
    """Numbers of an argument, in any order."""
    for values in answer.inputs:
        numbers = values.ravel()
        if numbers.size == answer.got.size > 1 and np.array_equal(
            np.sort(numbers), np.sort(answer.got)
        ):
            yield _finding(
                "not-projected",
                "The numbers that you return are those of the input itself: they are not "
                "multiplied with any weights.",
            )


def _of_images(answer: WrongSize) -> Iterator[Finding]:
    right, (images, tokens, features) = answer.right, answer.right.shape
    some, rest = divmod(answer.got.size, tokens * features)
    if rest or not some or images == 1:
        return
    got = answer.got.reshape(some, tokens, features)
    if some == 1 and answer.same(got, right[:1]):
        yield _finding(
            "first-image-only",
            "Your numbers are right for the first image, and the "
            "other images of the batch are missing.",
        )
    elif some == 1 and answer.same(got, right[-1:]):
        yield _finding(
            "last-image-only",
            "Your numbers are right for the last image, and the "
            "other images of the batch are missing.",
        )
    elif some < images and answer.same(got, right[:some]):
        yield _finding(
            "images-missing",
            "Your numbers are right for the first images, and the "
            "last images of the batch are missing.",
        )
    elif some % images == 0:
        times = some // images
        if any(
            answer.same(got, repeated)
            for repeated in (np.repeat(right, times, axis=0), np.tile(right, (times, 1, 1)))
        ):
            yield _finding(
                "images-repeated",
                "Your numbers are right, but each image of the batch is there several times.",
            )


def _of_tokens(answer: WrongSize) -> Iterator[Finding]:
    images, tokens, features = answer.right.shape
    many, rest = divmod(answer.got.size, images * features)
    if rest:
        return
    got = answer.got.reshape(images, many, features)
    apart = np.abs(got[:, :, None] - answer.right[:, None]).max(axis=(0, 3))
    found = apart <= answer.bound  # (got, right): whether it is that token, in every image
    which = np.where(found.any(axis=1), found.argmax(axis=1), -1)
    if (which >= 0).all() and (np.diff(which) > 0).all():
        yield from _missing(answer.view, set(range(tokens)) - set(map(int, which)))
    elif set(map(int, which)) >= set(range(tokens)):
        yield from _too_many(answer, got, which)


def _missing(view: View, missing: set[int]) -> Iterator[Finding]:
    """The tokens that are not there, by all that they are. The others are in their order."""
    tokens = view.extra + view.rows * view.columns
    grid = np.arange(view.extra, tokens).reshape(view.rows, view.columns)
    last_ones = np.concatenate([grid[-1], grid[:-1, -1]])
    places = {
        "the [CLS] token is": np.arange(view.extra),
        "the last row of patches is": grid[-1],
        "the last column of patches is": grid[:, -1],
        "the last row and the last column of patches are": last_ones,
        "the first row of patches is": grid[0],
        "the first column of patches is": grid[:, 0],
        "all rows of patches but the first are": grid[1:],
        "all columns of patches but the first are": grid[:, 1:],
        "the last patch is": grid[-1:, -1],
        "the first patch is": grid[:1, 0],
        "all patches are": grid.ravel(),
        "some tokens are": np.array(sorted(missing)),
    }
    for words, there in places.items():
        if missing and missing == set(map(int, there.ravel())) and len(missing) < tokens:
            name = words.removeprefix("the ").rpartition(" ")[0].replace(" ", "-")
            yield _finding(
                f"missing:{name}",
                f"The tokens that you return are right and in their order, but {words} missing.",
            )


def _too_many(answer: WrongSize, got: Array, which: NDArray[np.intp]) -> Iterator[Finding]:
    """All right tokens are there, and more."""
    tokens = answer.right.shape[1]
    times, rest = divmod(len(which), tokens)
    if not rest and (which == np.repeat(np.arange(tokens), times)).all():
        yield _finding(
            "tokens-repeated",
            "Your tokens are right and in their order, but each one "
            "comes several times, one right after the other.",
        )
    elif not rest and (which == np.tile(np.arange(tokens), times)).all():
        yield _finding(
            "tokens-again",
            "Your tokens are right and in their order, but all of them come again after the last.",
        )
    first = [int(np.flatnonzero(which == token)[0]) for token in range(tokens)]
    if first != sorted(first):
        return
    yield from _between(answer.view, len(which), first)
    extra = [n for n in range(len(which)) if n not in first]
    if (np.abs(got[:, extra]) <= answer.bound).all():
        what = "zeros"
    else:
        what = "copies of others" if (which[extra] >= 0).all() else "other numbers"
    where = "between or beside them"
    if extra == [*range(len(extra))]:
        where = "before them"
    elif extra == [*range(tokens, len(which))]:
        where = "after them"
    more = "there is one token more" if len(extra) == 1 else "there are more tokens"
    yield _finding(
        f"too-many:{min(len(extra), 2)}:{where.split()[0]}:{what.split()[0]}",
        f"The right tokens are all there and in their order, but {more} {where}: {what}.",
    )
    yield _finding(
        "too-many",
        "The right tokens are all there and in their order, but there are others too.",
    )


def _between(view: View, many: int, first: Sequence[int]) -> Iterator[Finding]:
    """Windows that are less than a patch apart: the right tokens lie in a larger grid.

    many: the number of tokens. first: the place of each right token.
    """
    for rows in range(view.rows, many - view.extra + 1):
        columns, rest = divmod(many - view.extra, rows)
        if rest or columns < view.columns:
            continue
        down = (rows - 1) // (view.rows - 1) if view.rows > 1 else 1
        right = (columns - 1) // (view.columns - 1) if view.columns > 1 else 1
        places = np.add.outer(
            columns * down * np.arange(view.rows), right * np.arange(view.columns)
        )
        if list(first[view.extra :]) == list(places.ravel() + view.extra):
            axes = [axis for axis, step in (("height", down), ("width", right)) if step > 1]
            if axes:
                yield _finding(
                    f"between-along-{'-and-'.join(axes)}",
                    "The right tokens are all there, but along the "
                    f"{' and the '.join(axes)} there are others between them. Cut the patches "
                    "patch_size pixels apart, so that they do not overlap.",
                )


def _of_features(answer: WrongSize) -> Iterator[Finding]:
    right, (images, tokens, features) = answer.right, answer.right.shape
    many, rest = divmod(answer.got.size, images * tokens)
    if rest or not many:
        return
    got = answer.got.reshape(images, tokens, many)
    if many < features and answer.same(got, right[..., :many]):
        yield _finding(
            "features-missing",
            "The first features of each token are right, and the others are missing.",
        )
    elif many > features and answer.same(got[..., :features], right):
        zeros = bool((np.abs(got[..., features:]) <= answer.bound).all())
        what = "zeros" if zeros else "other numbers"
        yield _finding(
            f"features-too-many:{what.split()[0]}",
            f"The first features of each token are right, and then {what} follow in each token.",
        )


def _of_ends(answer: WrongSize) -> Iterator[Finding]:
    """What is right from the first number on, or up to the last."""
    right, got = answer.right.ravel(), answer.got
    fewer = min(right.size, got.size)
    short = got.size < right.size
    if fewer < 2:
        return
    if answer.same(got[:fewer], right[:fewer]):
        if short:
            what = "All of your numbers are right, but they end too early."
        else:
            what = "The right numbers are all there, but others follow after them."
        yield _finding(f"beginning:{'short' if short else 'long'}", what)
    elif answer.same(got[-fewer:], right[-fewer:]):
        if short:
            what = "All of your numbers are right, but the first ones are missing."
        else:
            what = "The right numbers are all there, but others come before them."
        yield _finding(f"end:{'short' if short else 'long'}", what)


def _finding(id: str, sentence: str) -> Finding:
    return Finding(f"size:{id}", sentence)
