"""The comparison: rounding passes at every scale and shape, and nothing else does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judging.compare import difference, relative_tolerance

FACTOR = 4.0
seeds = st.integers(0, 2**32)
scales = st.sampled_from([1e-20, 1e-6, 1.0, 255.0, 1e15])


def dot_products(seed: int, terms: int, scale: float) -> tuple[np.ndarray, ...]:
    """Patches and weights in float32, and their product in float64."""
    rng = np.random.default_rng(seed)
    patches = (scale * rng.normal(size=(12, terms))).astype(np.float32)
    weights = (rng.normal(size=(terms, 8)) / np.sqrt(terms)).astype(np.float32)
    return patches, weights, patches.astype(np.float64) @ weights.astype(np.float64)


@given(seeds, st.sampled_from([1, 4, 12, 75, 768]), scales)
def test_every_order_of_float32_sums_passes(seed: int, terms: int, scale: float) -> None:
    patches, weights, exact = dot_products(seed, terms, scale)
    one_by_one = np.zeros(exact.shape, np.float32)
    for k in range(terms):  # the worst order: each addition rounds
        one_by_one += patches[:, k : k + 1] * weights[k]
    backwards = patches[:, ::-1] @ weights[::-1]
    tolerance = relative_tolerance(terms, FACTOR)
    for answer in (one_by_one, backwards, patches @ weights, exact):
        assert difference(answer, exact, tolerance).ok


@given(seeds, st.sampled_from([4, 12, 75, 768]), scales)
def test_a_scale_off_by_one_in_ten_thousand_fails(seed: int, terms: int, scale: float) -> None:
    patches, weights, exact = dot_products(seed, terms, scale)
    answer = (patches @ weights) * np.float32(1 - 1e-4)
    assert not difference(answer, exact, relative_tolerance(terms, FACTOR)).ok


@given(seeds, st.sampled_from([4, 12, 75]), scales)
def test_half_precision_on_the_way_fails(seed: int, terms: int, scale: float) -> None:
    patches, weights, exact = dot_products(seed, terms, scale)
    halved = (weights.astype(np.float16)).astype(np.float32)
    assert not difference(patches @ halved, exact, relative_tolerance(terms, FACTOR)).ok


@given(seeds, st.sampled_from([np.nan, np.inf, -np.inf]), st.integers(0, 95))
def test_what_is_not_finite_is_wrong_anywhere(seed: int, value: float, place: int) -> None:
    _, _, exact = dot_products(seed, 12, 1.0)
    answer = exact.copy()
    answer.ravel()[place] = value
    found = difference(answer, exact, tolerance=1e9)
    assert not found.ok
    assert found.not_finite == 1
    assert found.index == np.unravel_index(place, exact.shape)


@given(seeds, st.integers(0, 95), st.sampled_from([1e-3, 1.0, 1e300]))
def test_one_wrong_number_is_found_where_it_is(seed: int, place: int, by: float) -> None:
    _, _, exact = dot_products(seed, 12, 1.0)
    answer = exact.copy()
    answer.ravel()[place] += by
    found = difference(answer.ravel(), exact, relative_tolerance(12, FACTOR))
    assert (found.wrong, found.index) == (1, np.unravel_index(place, exact.shape))
    assert found.expected == exact.ravel()[place]


def test_nothing_broadcasts() -> None:
    with pytest.raises(ValueError, match="1 elements compared with 96"):
        difference(np.zeros(1), np.zeros((12, 8)), 1.0)


def test_zeros_expected_means_zeros_exactly() -> None:
    zeros = np.zeros(6)
    assert difference(zeros, zeros, 1e-6).ok
    assert not difference(zeros + 1e-30, zeros, 1e-6).ok


def test_the_bound_itself_passes_and_the_next_number_does_not() -> None:
    expected = np.array([1.0, -2.0])
    at_the_bound = np.array([1.0, -2.0 + 2**-9])
    assert difference(at_the_bound, expected, 2**-10).ok
    assert not difference(np.nextafter(at_the_bound, 0), expected, 2**-10).ok


def test_the_tolerance_grows_with_the_root_of_the_terms() -> None:
    assert relative_tolerance(1, 1.0) == 2.0**-23
    assert relative_tolerance(768, 4.0) == pytest.approx(8 * relative_tolerance(12, 4.0))
