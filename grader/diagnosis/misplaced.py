"""Right numbers in the wrong place, by the wrong factor, or with one term too many or too few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem, View
from ..judging.compare import difference, relative_tolerance
from .finding import Finding

Array = NDArray[np.float64]


def find_layout(problem: Problem, failed: Sequence[tuple[Case, Array, Array]]) -> Finding | None:
    """What turns the right answer into the one given, in every failing case; else None.

    failed: cases with the expected and the given numbers, float64, both in the statement's shape.
    """
    if problem.view is None or not failed:
        return None
    # What explains the smallest case is looked for in the others, which may be large.
    explains: dict[tuple[Finding, str], None] | None = None
    for case, right, got in sorted(failed, key=lambda failure: failure[1].size):
        explains = {
            what: None
            for what, changed in _variants(problem, case, right)
            if (explains is None or what in explains) and _same(problem, case, changed, got)
        }
        if not explains:
            break
    for finding, _ in explains or ():
        return finding
    return _factor(problem, failed) or _bias(problem, failed)


def _same(problem: Problem, case: Case, one: Array, other: Array) -> bool:
    tolerance = relative_tolerance(case.terms, problem.tolerance_factor)
    return difference(other, one, tolerance).ok


def _variants(
    problem: Problem, case: Case, right: Array
) -> Iterator[tuple[tuple[Finding, str], Array]]:
    """Answers that a finding would explain; the second word tells apart those of one finding."""
    assert problem.view is not None
    view = problem.view(case)
    tokens = right.reshape(view.images, view.extra + view.rows * view.columns, view.features)
    for finding, changed in _moved(view, tokens):
        yield (finding, ""), changed
    for name, value in zip(problem.parameters, case.arguments, strict=True):
        if not isinstance(value, np.ndarray) or value.shape != tokens.shape[-value.ndim :]:
            continue
        term = np.broadcast_to(value.astype(np.float64), tokens.shape)
        # What is added to each token by its place stays where it is, whatever else is moved.
        for finding, changed in _moved(view, tokens - term):
            if changed.shape == tokens.shape:
                yield (finding, name), changed + term
        for finding, changed in _without(view, tokens, name, term):
            yield (finding, name), changed


def _moved(view: View, tokens: Array) -> Iterator[tuple[Finding, Array]]:
    """The tokens in other orders. tokens: (images, tokens, features)."""
    for name, how, changed in _orders(view, tokens):
        yield Finding(name, f"The numbers are right, but {how}"), changed


def _orders(view: View, tokens: Array) -> Iterator[tuple[str, str, Array]]:
    first, patches = tokens[:, : view.extra], tokens[:, view.extra :]
    grid = patches.reshape(view.images, view.rows, view.columns, view.features)

    def of_grid(changed: Array) -> Array:
        return np.concatenate([first, changed.reshape(patches.shape)], axis=1)

    yield (
        "patches-by-column",
        "the patches go column by column. Go row by row: the whole top row of patches first, from "
        "left to right.",
        of_grid(grid.transpose(0, 2, 1, 3)),
    )
    yield (
        "patches-bottom-up",
        "the rows of patches go from bottom to top. Begin at the top.",
        of_grid(grid[:, ::-1]),
    )
    yield (
        "patches-right-to-left",
        "in each row the patches go from right to left. Begin at the left.",
        of_grid(grid[:, :, ::-1]),
    )
    yield (
        "patches-reversed",
        "the patches go from the last to the first. Begin at the top left.",
        of_grid(grid[:, ::-1, ::-1]),
    )
    yield (
        "features-reversed",
        "the features of each patch go from last to first.",
        tokens[..., ::-1],
    )
    names = ("images", "tokens", "features")
    for order in ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        kept = 0 if order[0] else 1  # axes in front that are where they belong
        given, wanted = (", ".join(names[a] for a in axes[kept:]) for axes in (order, range(3)))
        yield (
            f"axes-moved:{','.join(names[a] for a in order)}",
            f"they come in the order ({given}). The order asked for is ({wanted}): move the axes "
            "with `transpose` before you flatten; `reshape` alone doesn't move anything.",
            tokens.transpose(order),
        )
    for step, when, where in (
        (1, "late", "late: the last comes first"),
        (-1, "early", "early: the first comes last"),
    ):
        moved = np.roll(tokens, step, axis=1)
        yield f"tokens-one-{when}", f"each token comes one place too {where}.", moved


def _without(view: View, tokens: Array, name: str, term: Array) -> Iterator[tuple[Finding, Array]]:
    """Answers with a term added once too often, or not at all."""
    slots = [("", "", slice(None))]
    if view.extra:
        slots.append((":first-token", " to the first token", slice(0, view.extra)))
        slots.append((":other-tokens", " to all tokens but the first", slice(view.extra, None)))
    for times, kind, what in (
        (-1, "not-added", "is not added"),
        (1, "added-twice", "is added twice"),
    ):
        for place, where, slot in slots:
            changed = tokens.copy()
            changed[:, slot] += times * term[:, slot]
            sentence = f"Everything is right but that `{name}` {what}{where}."
            yield Finding(f"{kind}:{name}{place}", sentence), changed


def _factor(problem: Problem, failed: Sequence[tuple[Case, Array, Array]]) -> Finding | None:
    factors = set()
    for case, right, got in failed:
        square = float(np.vdot(right, right))
        factor = float(np.vdot(right, got)) / square if square else 0.0
        if not factor or not _same(problem, case, factor * right, got):
            return None
        factors.add(float(f"{factor:.6g}"))
    if len(factors) != 1:
        return None
    (factor,) = factors
    return Finding(
        f"factor:{factor:g}",
        f"Every number is {factor:g} times the right one: look for a factor that does not belong "
        "there, or one that is missing.",
    )


def _bias(problem: Problem, failed: Sequence[tuple[Case, Array, Array]]) -> Finding | None:
    """One vector of features that was added to each token."""
    assert problem.view is not None
    several = False
    for case, right, got in failed:
        extra = (got - right).reshape(-1, problem.view(case).features)
        several = several or len(extra) > 1  # in a single token anything is a vector
        if not _same(problem, case, right + _spread(extra[0], right), got):
            return None
    if not several:
        return None
    return Finding(
        "bias",
        "Every token is off by the same vector: look for a bias that is added and should not be, "
        "or is missing.",
    )


def _spread(vector: Array, right: Array) -> Array:
    return np.resize(vector, right.size).reshape(right.shape)
