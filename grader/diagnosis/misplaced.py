"""Finds right numbers in the wrong place, and a term too many or too few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem, View
from .factors import find_factor
from .finding import Finding
from .tokens import added_terms, as_tokens, equal

Array = NDArray[np.float64]
RIGHT_BUT = "The numbers are right, but"
Failed = Sequence[tuple[Case, Array, Array]]  # cases with the expected and the given numbers


def find_layout(problem: Problem, failed: Failed) -> Finding | None:
    """The finding that turns the right answer into the given one in every failing case, or None.

    failed: the numbers are float64, in the statement's shape.
    """
    if problem.view is None or not failed:
        return find_factor(problem, failed)
    explains: list[Finding] | None = None
    # The smallest case comes first. Only what explains it is tried on the large ones.
    for case, right, got in sorted(failed, key=lambda failure: failure[1].size):
        explains = [
            finding
            for finding, changed in _variants(problem, case, right)
            if (explains is None or finding in explains) and equal(problem, case, changed, got)
        ]
        if not explains:
            return find_factor(problem, failed) or _bias(problem, failed)
    return explains[0] if explains else None


def _variants(problem: Problem, case: Case, right: Array) -> Iterator[tuple[Finding, Array]]:
    """Findings, each with the answer that it would explain."""
    assert problem.view is not None
    view = problem.view(case)
    tokens = as_tokens(problem, case, right)
    yield from _moved(view, tokens)
    for name, term in added_terms(problem, case, tokens):
        # Tokens may move before a term such as the position embeddings is added.
        for finding, changed in _moved(view, tokens - term):
            if changed.shape == tokens.shape:
                apart = f"Apart from `{name}`, the numbers are right, but"
                sentence = finding.sentence.replace(RIGHT_BUT, apart)
                yield Finding(f"{finding.id}:but-{name}", sentence), changed + term
        yield from _without(view, tokens, name, term)


def _moved(view: View, tokens: Array) -> Iterator[tuple[Finding, Array]]:
    """The tokens in other orders. tokens: (images, tokens, features)."""
    first, patches = tokens[:, : view.extra], tokens[:, view.extra :]
    grid = patches.reshape(view.images, view.rows, view.columns, view.features)

    def with_first(moved: Array) -> Array:
        return np.concatenate([first, moved.reshape(patches.shape)], axis=1)

    what = (
        "the patches come column by column. Order them row by row: first the top row, from left to "
        "right."
    )
    yield _right_but("patches-by-column", what), with_first(grid.transpose(0, 2, 1, 3))
    what = "the rows of patches come from bottom to top. Start with the top row."
    yield _right_but("patches-bottom-up", what), with_first(grid[:, ::-1])
    what = "the patches of each row come from right to left. Start at the left."
    yield _right_but("patches-right-to-left", what), with_first(grid[:, :, ::-1])
    what = "the patches come from the last to the first. Start at the top left."
    yield _right_but("patches-reversed", what), with_first(grid[:, ::-1, ::-1])
    what = "the features of each token come from the last to the first."
    yield _right_but("features-reversed", what), tokens[..., ::-1]
    axes = ("images", "tokens", "features")
    for order in list(permutations(range(3)))[1:]:
        names = [axes[axis] for axis in order]
        kept = 0 if order[0] else 1  # if the images are in front, only the others have moved
        what = (
            f"they come in the order ({', '.join(names[kept:])}). The right order is "
            f"({', '.join(axes[kept:])}). Move the axes with `transpose` before you flatten. "
            "`reshape` alone does not move axes."
        )
        yield _right_but(f"axes-moved:{','.join(names)}", what), tokens.transpose(order)
    what = "each token comes one place too late: the last one comes first."
    yield _right_but("tokens-one-late", what), np.roll(tokens, 1, axis=1)
    what = "each token comes one place too early: the first one comes last."
    yield _right_but("tokens-one-early", what), np.roll(tokens, -1, axis=1)


def _right_but(name: str, what: str) -> Finding:
    return Finding(name, f"{RIGHT_BUT} {what}")


def _without(view: View, tokens: Array, name: str, term: Array) -> Iterator[tuple[Finding, Array]]:
    """Answers in which a term is missing or added twice."""
    places = [("", "", slice(None))]
    if view.extra:
        places.append((":first-token", " to the first token", slice(0, view.extra)))
        places.append((":other-tokens", " to the tokens of the patches", slice(view.extra, None)))
    kinds = [("not-added", "is not added", -1), ("added-twice", "is added once too often", 1)]
    for (kind, what, sign), (place, where, tokens_there) in product(kinds, places):
        changed = tokens.copy()
        changed[:, tokens_there] += sign * term[:, tokens_there]
        sentence = f"`{name}` {what}{where}. Everything else is right."
        yield Finding(f"{kind}:{name}{place}", sentence), changed


def _bias(problem: Problem, failed: Failed) -> Finding | None:
    """One vector of features that is added to each token."""
    assert problem.view is not None
    most_tokens = 0
    for case, right, got in failed:
        extra = (got - right).reshape(-1, problem.view(case).features)
        most_tokens = max(most_tokens, len(extra))
        if not equal(problem, case, right + np.resize(extra[0], right.shape), got):
            return None
    if most_tokens < 2:  # any difference of a single token is a vector
        return None
    return Finding(
        "bias",
        "In each wrong case, every token differs from the right one by the same vector. "
        "Look for a bias that is added but should not be, or for one that is missing.",
    )
