"""How answers respond to changes of the image: what is said is true of the function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.course import PROBLEMS, entries
from support.fuzzing import examples

from grader.course import Problem
from grader.diagnosis.response import changed_images, how_it_responds

Array = np.ndarray
RANDOM = np.random.default_rng(5)
KERNEL, POSITIONS = RANDOM.normal(size=(8, 6)), RANDOM.normal(size=(6, 6))
CLS = entries()["patch_embed_cls"].problem


def patches(image: Array) -> Array:
    """(1, 2, 4, 6) to (6, 8), with patches of two by two."""
    cut = image.astype(np.float64).reshape(2, 2, 2, 3, 2)
    return cut.transpose(1, 3, 0, 2, 4).reshape(6, 8)


def linear(image: Array) -> Array:
    return patches(image) @ KERNEL + POSITIONS


def without_mean(x: Array, axis: int | tuple[int, ...]) -> Array:
    return x - x.mean(axis=axis, keepdims=True)


def normed(tokens: Array) -> Array:
    return tokens / (np.sqrt((tokens**2).mean(axis=-1, keepdims=True)) + 1e-6)


def some_zeroed(tokens: Array) -> Array:
    mask = np.random.default_rng(3).random(tokens.shape) < 0.3
    mask[:, 0] = False
    return np.where(mask, 0, tokens / 0.7)


FUNCTIONS: dict[str, Callable[[Array], Array]] = {
    "mean-subtracted:image": lambda x: linear(without_mean(x, (0, 1, 2, 3))),
    "mean-subtracted:channel": lambda x: linear(without_mean(x, (0, 2, 3))),
    "mean-subtracted:patch": lambda x: without_mean(patches(x), -1) @ KERNEL + POSITIONS,
    "scale-changes-nothing": lambda x: normed(patches(x) @ KERNEL) + POSITIONS,
    "fractions-are-cut": lambda x: linear(x.astype(np.int64)),
    "fractions-are-rounded": lambda x: linear(np.rint(x)),
    "pixels-are-clipped": lambda x: linear(np.clip(x, 0, 1)),
    "negative-pixels-are-zero": lambda x: linear(np.clip(x, 0, 255)),
    "bounded": lambda x: np.tanh(linear(x)),
    "not-linear": lambda x: np.maximum(patches(x) @ KERNEL, 0) + POSITIONS,
    "rounded:0": lambda x: np.trunc(linear(x)),
    "rounded:2": lambda x: np.round(linear(x), 2),
    "zeros-are-special": lambda x: linear(x) if x.any() else 0 * linear(x),
    "zeros-divide": lambda x: linear(x / np.sqrt(x.std())),
    "some-are-zero": lambda x: some_zeroed(patches(x) @ KERNEL),
}


def found(function: Callable[[Array], Array], problem: Problem = CLS) -> str | None:
    """By the function's tokens of patches, behind a [CLS] token."""

    def answer(image: Array) -> Array:
        with np.errstate(all="ignore"):
            tokens = np.concatenate([np.ones((1, 6)), function(image)])
        return tokens.astype(np.float32).astype(np.float64).ravel()

    cases = changed_images(problem)
    finding = how_it_responds(
        problem, {name: answer(np.asarray(case.arguments[0])) for name, case in cases.items()}
    )
    return finding and finding.id.removeprefix("response:")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_kind_is_told(name: str) -> None:
    assert found(FUNCTIONS[name]) == name


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_the_changes_have_one_shape_and_dtype(problem_id: str) -> None:
    """So that nothing is compiled anew for them."""
    problem = entries()[problem_id].problem
    assert problem.probe is not None
    cases = changed_images(problem)
    number = 0 if problem is CLS or problem_id == "patch_embed_cls" else 1
    kinds = {(c.arguments[number].shape, c.arguments[number].dtype) for c in cases.values()}  # type: ignore[union-attr]
    assert len(kinds) == 1
    assert len(cases) == 14
    assert {case.terms for case in cases.values()} == {problem.probe().terms}


@given(st.integers(0, 2**32), st.sampled_from(["image", "tokens", "features"]))
@examples(100)
def test_of_linear_functions_nothing_is_said(seed: int, kind: str) -> None:
    """Whatever they do with the pixels: other weights, places, factors and sums."""
    random = np.random.default_rng(seed)
    if kind == "image":
        weights = random.normal(size=(48, 36)) * random.choice([0.001, 1, 1000])
        function = lambda x: (x.reshape(48) @ weights).reshape(6, 6)  # noqa: E731
    elif kind == "tokens":
        mixed = random.permutation(6)
        function = lambda x: linear(x)[mixed] * random.integers(1, 2) + 3  # noqa: E731
    else:
        kernel = np.where(random.random((8, 6)) < 0.5, 0, random.normal(size=(8, 6)))
        kernel[0] += 1  # no feature reads nothing
        function = lambda x: patches(x) @ kernel + POSITIONS  # noqa: E731
    assert found(function) is None


@given(st.integers(0, 2**32), st.floats(0.2, 3), st.sampled_from(["power", "sine", "abs", "step"]))
@examples(100)
def test_nothing_false_is_said_of_functions_that_are_not_linear(
    seed: int, scale: float, kind: str
) -> None:
    kernel = np.random.default_rng(seed).normal(size=(8, 6)) * scale
    bend: dict[str, Callable[[Array], Array]] = {
        "power": lambda t: np.sign(t) * np.abs(t) ** 1.5,
        "sine": lambda t: t + np.sin(3 * t),
        "abs": np.abs,
        "step": lambda t: np.where(t > 0.3, t, 0.1 * t),
    }
    said = found(lambda x: bend[kind](patches(x) @ kernel) + POSITIONS)
    assert said == "not-linear"
