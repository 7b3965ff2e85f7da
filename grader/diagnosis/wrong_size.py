"""Says what is in an answer of the wrong size, by finding the right tokens in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem
from ..judging.compare import any_numbers, relative_tolerance
from .finding import Finding
from .tokens_found import WrongSize, finding_of_size, of_tokens

Array = NDArray[np.float64]


def wrong_size(
    problem: Problem, case: Case, right: Array, values: NDArray[np.floating]
) -> WrongSize:
    """An answer of a problem that has a `view`. right: in the statement's shape. values: flat."""
    assert problem.view is not None
    view = problem.view(case)
    tokens = right.reshape(view.images, -1, view.features)
    largest = float(np.abs(right).max(initial=0.0))
    bound = relative_tolerance(case.terms, problem.tolerance_factor) * largest
    named = zip(problem.parameters, case.arguments, strict=True)
    inputs = {name: a.astype(np.float64) for name, a in named if isinstance(a, np.ndarray)}
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
    yield from of_tokens(answer)
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
            yield finding_of_size(
                f"{kind}:{name.replace(' ', '-')}",
                f"You return the {word} of the right {name}. Return them all.",
            )


def _inputs(answer: WrongSize) -> Iterator[Finding]:
    """Numbers of an argument, in any order."""
    for values in answer.inputs.values():
        numbers = values.ravel()
        if numbers.size == answer.got.size > 1 and np.array_equal(
            np.sort(numbers), np.sort(answer.got)
        ):
            yield finding_of_size(
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
        yield finding_of_size(
            "first-image-only",
            "Your numbers are right for the first image, and the "
            "other images of the batch are missing.",
        )
    elif some == 1 and answer.same(got, right[-1:]):
        yield finding_of_size(
            "last-image-only",
            "Your numbers are right for the last image, and the "
            "other images of the batch are missing.",
        )
    elif some < images and answer.same(got, right[:some]):
        yield finding_of_size(
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
            yield finding_of_size(
                "images-repeated",
                "Your numbers are right, but each image of the batch is there several times.",
            )


def _of_features(answer: WrongSize) -> Iterator[Finding]:
    right, (images, tokens, features) = answer.right, answer.right.shape
    many, rest = divmod(answer.got.size, images * tokens)
    if rest or not many:
        return
    got = answer.got.reshape(images, tokens, many)
    if many < features and answer.same(got, right[..., :many]):
        yield finding_of_size(
            "features-missing",
            "The first features of each token are right, and the others are missing.",
        )
    elif many > features and answer.same(got[..., :features], right):
        zeros = bool((np.abs(got[..., features:]) <= answer.bound).all())
        what = "zeros" if zeros else "other numbers"
        yield finding_of_size(
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
        yield finding_of_size(f"beginning:{'short' if short else 'long'}", what)
    elif answer.same(got[-fewer:], right[-fewer:]):
        if short:
            what = "All of your numbers are right, but the first ones are missing."
        else:
            what = "The right numbers are all there, but others come before them."
        yield finding_of_size(f"end:{'short' if short else 'long'}", what)
