"""Finds the right tokens in an answer of the wrong size, and says which are missing or too many.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..course.problem import View
from .finding import Finding

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WrongSize:
    """One wrong answer. right: (images, tokens, features). got: flat, of another size. bound: how
    far equal numbers may be apart. inputs: the arguments that are arrays, by name.
    """

    view: View
    right: Array
    got: Array
    bound: float
    inputs: Mapping[str, Array] = field(default_factory=dict)

    def same(self, one: Array, other: Array) -> bool:
        """Whether two arrays are equal up to rounding."""
        return one.shape == other.shape and bool((np.abs(one - other) <= self.bound).all())


def finding_of_size(id: str, sentence: str) -> Finding:
    return Finding(f"size:{id}", sentence)


def of_tokens(answer: WrongSize) -> Iterator[Finding]:
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
    else:
        yield from _with_other_rows(answer, got)
    more = many - tokens
    for which_ones, part in (("last", got[:, tokens:]), ("first", got[:, : max(more, 0)])):
        if more > 0 and np.ptp(part) <= answer.bound:
            value = f"{float(part.mean()):.4g}"
            yield finding_of_size(
                f"more:{which_ones}:{value}",
                f"There are more tokens than there should be, and the {which_ones} ones are all "
                f"{value}.",
            )


def _with_other_rows(answer: WrongSize, got: Array) -> Iterator[Finding]:
    """The right tokens, but for an argument of which each token holds a row, such as positions."""
    tokens, features = answer.right.shape[1:]
    for name, rows in answer.inputs.items():
        if rows.shape != (tokens, features):
            continue
        sums = (answer.right - rows)[:, :, None] + np.append(rows, np.zeros((1, features)), axis=0)
        apart = np.abs(got[:, :, None, None] - sums[:, None]).max(axis=(0, 4))
        found = apart <= answer.bound  # (got, token, row), the last row for none
        if (found.sum(axis=(1, 2)) > 1).any():
            continue
        which = np.where(found.any(axis=(1, 2)), found.any(axis=2).argmax(axis=1), -1)
        row = found.any(axis=1).argmax(axis=1)
        if (which >= 0).all() and (np.diff(which) > 0).all():
            findings = _missing(answer.view, {*range(tokens)} - {*map(int, which)})
        elif {*map(int, which)} >= {*range(tokens)}:
            findings = _too_many(answer, got, which)
        else:
            continue
        first = next((n for n in range(len(row)) if which[n] >= 0 and row[n] != which[n]), None)
        if first is None:
            continue
        should = f"`{name}[{which[first]}]`"
        holds = f"no row of `{name}`" if row[first] == tokens else f"`{name}[{row[first]}]`"
        for finding in findings:
            yield Finding(
                f"{finding.id}:but-{name}",
                f"{finding.sentence} This is apart from `{name}`: for example, in an image of "
                f"{tokens} tokens, token {first} of yours holds {holds}, and it should hold "
                f"{should}.",
            )


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
            yield finding_of_size(
                f"missing:{name}",
                f"The tokens that you return are right and in their order, but {words} missing.",
            )


def _too_many(answer: WrongSize, got: Array, which: NDArray[np.intp]) -> Iterator[Finding]:
    """All right tokens are there, and more."""
    tokens = answer.right.shape[1]
    times, rest = divmod(len(which), tokens)
    if not rest and (which == np.repeat(np.arange(tokens), times)).all():
        yield finding_of_size(
            "tokens-repeated",
            "Your tokens are right and in their order, but each one "
            "comes several times, one right after the other.",
        )
    elif not rest and (which == np.tile(np.arange(tokens), times)).all():
        yield finding_of_size(
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
    yield finding_of_size(
        f"too-many:{min(len(extra), 2)}:{where.split()[0]}:{what.split()[0]}",
        f"The right tokens are all there and in their order, but {more} {where}: {what}.",
    )
    yield finding_of_size(
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
                yield finding_of_size(
                    f"between-along-{'-and-'.join(axes)}",
                    "The right tokens are all there, but along the "
                    f"{' and the '.join(axes)} there are others between them. Cut the patches "
                    "patch_size pixels apart, so that they do not overlap.",
                )
