"""What is in answers of the wrong size: each sentence is true of them, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.fuzzing import examples

from grader.course import View
from grader.diagnosis.tokens_found import WrongSize
from grader.diagnosis.wrong_size import explain_size

Array = np.ndarray
BOUND = 1e-6
VIEWS = [
    View(images=2, extra=1, rows=2, columns=3, features=4),
    View(images=2, extra=1, rows=3, columns=2, features=5),
    View(images=3, extra=1, rows=3, columns=4, features=2),
]
FLAT = [View(1, 0, v.rows, v.columns, v.features) for v in VIEWS]


def right_of(view: View, seed: int = 0) -> Array:
    shape = view.images, view.extra + view.rows * view.columns, view.features
    return np.random.default_rng(seed).normal(size=shape)


def explained(change: Callable[[View, Array], Array], views: list[View]) -> str | None:
    answers = []
    for view in views:
        right = right_of(view)
        got = np.asarray(change(view, right.copy()), np.float64).ravel()
        noise = np.random.default_rng(1).uniform(-BOUND / 3, BOUND / 3, got.shape)
        answers.append(WrongSize(view, right, got + noise, BOUND))
    found = explain_size(answers)
    return found and found.id.removeprefix("size:")


def grid(view: View, right: Array) -> Array:
    return right[:, view.extra :].reshape(view.images, view.rows, view.columns, view.features)


def only(view: View, patches: Array) -> Array:
    """These patches, with the tokens before them."""
    return np.concatenate(
        [right_of(view)[:, : view.extra], patches.reshape(view.images, -1, view.features)], axis=1
    )


def put(place: int, value: float) -> Callable[[View, Array], Array]:
    return lambda view, right: np.insert(right, place, value, axis=1)


def spread(view: View, right: Array, down: int, across: int) -> Array:
    """As from windows that are less than a patch apart."""
    rows, columns = down * (view.rows - 1) + 1, across * (view.columns - 1) + 1
    shape = view.images, rows, columns, view.features
    wide = np.random.default_rng(2).normal(size=shape)
    wide[:, ::down, ::across] = grid(view, right)
    return only(view, wide)


CHANGES: dict[str, Callable[[View, Array], Array]] = {
    "missing:[CLS]-token": lambda v, r: r[:, 1:],
    "missing:last-row-of-patches": lambda v, r: only(v, grid(v, r)[:, :-1]),
    "missing:last-column-of-patches": lambda v, r: only(v, grid(v, r)[:, :, :-1]),
    "missing:first-row-of-patches": lambda v, r: only(v, grid(v, r)[:, 1:]),
    "missing:first-column-of-patches": lambda v, r: only(v, grid(v, r)[:, :, 1:]),
    "missing:last-row-and-the-last-column-of-patches": lambda v, r: only(
        v, grid(v, r)[:, :-1, :-1]
    ),
    "missing:all-rows-of-patches-but-the-first": lambda v, r: only(v, grid(v, r)[:, :1]),
    "missing:all-columns-of-patches-but-the-first": lambda v, r: only(v, grid(v, r)[:, :, :1]),
    "missing:last-patch": lambda v, r: r[:, :-1],
    "missing:first-patch": lambda v, r: np.delete(r, v.extra, axis=1),
    "missing:all-patches": lambda v, r: r[:, : v.extra],
    "missing:some-tokens": lambda v, r: np.delete(r, 2, axis=1),
    "first-image-only": lambda v, r: r[0],
    "last-image-only": lambda v, r: r[-1],
    "images-repeated": lambda v, r: np.repeat(r, v.rows, axis=0),
    "tokens-repeated": lambda v, r: np.repeat(r, v.rows, axis=1),
    "too-many:1:before:zeros": put(0, 0.0),
    "too-many:1:before:other": put(0, 7.0),
    "too-many:1:after:copies": lambda v, r: np.concatenate([r, r[:, :1]], axis=1),
    "too-many:1:between:zeros": put(2, 0.0),
    "too-many:2:after:zeros": lambda v, r: np.pad(r, [(0, 0), (0, 2), (0, 0)]),
    "between-along-width": lambda v, r: spread(v, r, 1, 3),
    "between-along-height": lambda v, r: spread(v, r, 2, 1),
    "between-along-height-and-width": lambda v, r: spread(v, r, 2, 3),
    "features-missing": lambda v, r: r[..., :-1],
    "features-too-many:zeros": lambda v, r: np.pad(r, [(0, 0), (0, 0), (0, 3)]),
    "features-too-many:other": lambda v, r: np.concatenate([r, r[..., :1] + 9], axis=2),
    "beginning:short": lambda v, r: r.ravel()[:-1],
    "beginning:long": lambda v, r: np.append(r.ravel(), 9.0),
    "end:short": lambda v, r: r.ravel()[1:],
    "end:long": lambda v, r: np.insert(r.ravel(), 0, 9.0),
    "mean:tokens": lambda v, r: r.mean(axis=1),
    "sum:features": lambda v, r: r.sum(axis=2),
    "mean:tokens-of-patches": lambda v, r: r[:, v.extra :].mean(axis=1),
}
CHANGES_OF_FLAT = CHANGES | {"tokens-again": lambda v, r: np.tile(r, (1, v.rows, 1))}
OF_FLAT = [
    *("missing:last-row-of-patches", "missing:first-patch", "tokens-again", "features-missing"),
    *("too-many:1:after:copies", "beginning:short", "end:long", "too-many:1:between:zeros"),
]


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_named(name: str) -> None:
    assert explained(CHANGES[name], VIEWS) == name


@pytest.mark.parametrize("name", OF_FLAT)
def test_each_change_is_named_without_a_batch(name: str) -> None:
    assert explained(CHANGES_OF_FLAT[name], FLAT) == name


def with_positions(change: Callable[[View, Array, Array], Array]) -> str | None:
    """change: gets the tokens without positions, and these."""
    answers = []
    for view in VIEWS:
        right = right_of(view)
        rows = np.random.default_rng(3).normal(size=right.shape[1:])
        got = change(view, right - rows, rows).ravel()
        answers.append(WrongSize(view, right, got, BOUND, {"image": right, "pos": rows}))
    found = explain_size(answers)
    return found and found.id.removeprefix("size:")


def test_tokens_are_found_if_they_hold_other_rows_of_an_argument() -> None:
    def last_column_lost(view: View, bare: Array, rows: Array) -> Array:
        fewer = only_of(view, bare)
        return fewer + rows[: fewer.shape[1]]

    def only_of(view: View, bare: Array) -> Array:
        patches = grid(view, bare)[:, :, :-1].reshape(view.images, -1, view.features)
        return np.concatenate([bare[:, : view.extra], patches], axis=1)

    assert with_positions(last_column_lost) == "missing:last-column-of-patches:but-pos"
    assert with_positions(lambda v, b, rows: only_of(v, b)) == (
        "missing:last-column-of-patches:but-pos"
    )
    assert with_positions(lambda v, b, rows: np.delete(b + rows, 0, axis=1)) == (
        "missing:[CLS]-token"
    )
    assert with_positions(lambda v, b, rows: only_of(v, b) + 1) is None


def test_what_was_put_before_or_after_wrong_tokens_is_told() -> None:
    def added(before: int, after: int) -> Callable[[View, Array], Array]:
        widths = [(0, 0), (before, after), (0, 0)]
        return lambda _, right: np.pad(2 * right, widths, constant_values=1)

    assert explained(added(0, 2), VIEWS) == "more:last:1"
    assert explained(added(1, 0), VIEWS) == "more:first:1"
    assert explained(added(1, 1), VIEWS) is None


def test_the_input_itself_is_told() -> None:
    answers = []
    for view in VIEWS:
        image = np.random.default_rng(4).normal(size=(3, 7, view.rows))
        got = image.transpose(2, 0, 1).ravel()
        answers.append(WrongSize(view, right_of(view), got, BOUND, {"image": image}))
    found = explain_size(answers)
    assert found
    assert found.id == "size:not-projected"


def test_what_is_true_of_some_answers_only_is_not_said() -> None:
    def change(view: View, right: Array) -> Array:
        return right[:, 1:] if view.rows == 2 else right[:, :-1]

    assert explained(change, VIEWS) == "missing:some-tokens", "which is true of all"
    assert explained(lambda v, r: r[:, 1:] if v.rows == 2 else r[..., 1:], VIEWS) is None
    assert explained(lambda v, r: (r + 1)[:, 1:], VIEWS) is None
    assert explained(lambda v, r: np.full_like(r, np.nan)[:, 1:], VIEWS) is None
    assert explained(lambda v, r: r[:, ::-1][:, 1:], VIEWS) is None


def test_tokens_that_look_alike_say_nothing() -> None:
    """Of equal tokens nobody can tell which is missing."""
    view = VIEWS[0]
    right = np.ones((2, 7, 4))
    assert explain_size([WrongSize(view, right, right[:, 1:].ravel(), BOUND)]) is None
    with_zero = right_of(view)
    with_zero[:, 3] = 0
    got = np.delete(with_zero, 3, axis=1).ravel()
    assert explain_size([WrongSize(view, with_zero, got, BOUND)]) is None


@given(st.integers(0, 2**32), st.integers(1, 200), st.booleans())
@examples(150)
def test_of_numbers_that_have_nothing_to_do_with_it_nothing_is_said(
    seed: int, size: int, of_image: bool
) -> None:
    view = (VIEWS if of_image else FLAT)[seed % 3]
    right = right_of(view)
    assume(size != right.size)
    got = np.random.default_rng(seed + 10).normal(size=size)
    assert explain_size([WrongSize(view, right, got, BOUND)]) is None


@given(st.data())
@examples(150)
def test_a_choice_of_right_tokens_is_told_truly(data: st.DataObject) -> None:
    """Any subset in its order is "missing" with the right tokens; any other order is not."""
    view = VIEWS[data.draw(st.integers(0, 2))]
    right = right_of(view)
    tokens = right.shape[1]
    chosen = data.draw(st.lists(st.integers(0, tokens - 1), min_size=1, max_size=2 * tokens))
    assume(len(chosen) != tokens)
    found = explain_size([WrongSize(view, right, right[:, chosen].ravel(), BOUND)])
    kind = found.id.split(":")[1] if found else ""
    in_order = chosen == sorted(set(chosen))
    assert (kind == "missing") == in_order
    if kind in ("too-many", "tokens-repeated", "tokens-again"):
        assert set(chosen) == set(range(tokens))
    if found and found.id == "size:missing:[CLS]-token":
        assert chosen == [*range(1, tokens)]
    if found and found.id == "size:missing:last-row-of-patches":
        assert chosen == [*range(tokens - view.columns)]
