"""Which function of the right answer an answer is: each is named, and nothing is said of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import scipy.special as sp
from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples

from grader.diagnosis.curve import find_curve
from grader.diagnosis.finding import Finding
from grader.judging.compare import relative_tolerance

Array = np.ndarray
Function = Callable[[Array], Array]
TERMS = 8
TOLERANCE = relative_tolerance(TERMS, 6.0)
AXES = ("images", "tokens", "features")
TOKENS, FEATURES = 7, 6  # the first token depends on no pixel
CHANGES: Sequence[Function] = (
    lambda x: x,
    np.zeros_like,
    lambda x: 2 * x,
    lambda x: -x,
    lambda x: x + 1,
    lambda x: 4 * x,
    lambda x: np.trunc(4 * x),
    lambda x: np.maximum(x, 0),
    lambda x: 1000 * x,
    lambda x: 8000 * x,
)
SEEDS = st.integers(0, 2**32)


class Situation:
    """A problem with random weights: the right answer is `product(image) + fixed`."""

    def __init__(self, seed: int, images: int = 1) -> None:
        random = np.random.default_rng(seed)
        self.random = random
        self.kernel = random.normal(size=(TERMS, FEATURES)).astype(np.float32)
        shape = images, TOKENS, FEATURES
        self.fixed = np.broadcast_to(random.normal(size=shape[1:]), shape).astype(np.float32)
        image = random.normal(size=(images, TOKENS - 1, TERMS)).astype(np.float32)
        self.images = [np.asarray(change(image), np.float32) for change in CHANGES]

    def product(self, image: Array, dtype: type = np.float32) -> Array:
        product = image.astype(dtype) @ self.kernel.astype(dtype)
        return np.concatenate([np.zeros_like(product[:, :1]), product], axis=1)

    def right(self, image: Array, dtype: type = np.float32) -> Array:
        return self.product(image, dtype) + self.fixed.astype(dtype)

    def found(self, answer: Function, axes: Sequence[str] = AXES) -> Finding | None:
        """answer: from an image, as the student computes it."""
        right = [self.right(image, np.float64) for image in self.images]
        with np.errstate(all="ignore"):
            got = [np.asarray(answer(image), np.float64) for image in self.images]
        return find_curve(right, got, TOLERANCE, self.fixed.astype(np.float64), axes)

    def of_right(self, function: Function) -> Finding | None:
        return self.found(lambda image: function(self.right(image)))

    def of_part(self, function: Function) -> Finding | None:
        return self.found(lambda image: function(self.product(image)) + self.fixed)


def std(x: Array, axis: object, epsilon: float = 0.0) -> Array:
    return np.sqrt(x.var(axis=axis, keepdims=True) + np.float32(epsilon))  # type: ignore[arg-type, no-any-return]


def standard(x: Array, axis: object, epsilon: float = 0.0) -> Array:
    return (x - x.mean(axis=axis, keepdims=True)) / std(x, axis, epsilon)  # type: ignore[arg-type]


def least(x: Array) -> Array:
    return np.asarray(x.min(axis=-1, keepdims=True))


ELEMENTS: dict[str, tuple[str, Function]] = {
    "relu": ("ReLU of {}", lambda x: np.maximum(x, 0)),
    "leaky-relu:0.01": (
        "leaky ReLU of {}, with a slope of 0.01",
        lambda x: np.where(x > 0, x, np.float32(0.01) * x),
    ),
    "gelu": ("GELU of {}", lambda x: 0.5 * x * (1 + sp.erf(x / np.float32(np.sqrt(2))))),
    "gelu~": (
        "GELU of {}",
        lambda x: 0.5 * x * (1 + np.tanh(np.float32(0.7978845608) * (x + 0.044715 * x**3))),
    ),
    "silu": ("SiLU (swish) of {}", lambda x: x / (1 + np.exp(-x))),
    "tanh": ("tanh of {}", np.tanh),
    "sigmoid": ("sigmoid of {}", lambda x: 1 / (1 + np.exp(-x))),
    "softplus": ("softplus of {}", lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))),
    "elu": ("ELU of {}", lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)),
    "elu:0.3": (
        "ELU of {}, with an alpha of 0.3",
        lambda x: np.where(x > 0, x, np.float32(0.3) * np.expm1(np.minimum(x, 0))),
    ),
    "hard-swish": ("hard swish of {}", lambda x: x * np.clip(x + 3, 0, 6) / 6),
    "abs": ("the absolute value of {}", np.abs),
    "square": ("the square of {}", np.square),
    "exp": ("exp of {}, apart from NaN and infinity", np.exp),
    "sin": ("the sine of {}", np.sin),
    "sign": ("the sign of {}", np.sign),
    "rounded": ("{}, rounded to a whole number", np.round),
    "truncated": ("{}, with its fraction cut off", lambda x: x.astype(np.int64)),
    "floor": ("{}, rounded down to a whole number", np.floor),
    "one-minus": ("1 minus {}", lambda x: 1 - x),
    "clipped": ("{}, cut to be at least -0.5 and at most 2", lambda x: np.clip(x, -0.5, 2)),
    "clipped~": ("{}, cut to be at most 6", lambda x: np.minimum(x, 6)),
}
ALONG: dict[str, tuple[str, Function]] = {
    "softmax:features": (
        "the softmax of the right ones over the features",
        lambda x: sp.softmax(x, axis=-1),
    ),
    "softmax:tokens": ("the softmax of the right ones over the tokens", lambda x: sp.softmax(x, 1)),
    "log-softmax:features": (
        "the log-softmax of the right ones over the features",
        lambda x: sp.log_softmax(x, axis=-1),
    ),
    "standardized:features": (
        "the right one minus the mean over the features, divided by the standard deviation",
        lambda x: standard(x, -1),
    ),
    "standardized:features~": (
        "the right one minus the mean over the features, divided by the standard deviation, "
        "with an epsilon of about 0.001",
        lambda x: standard(x, -1, 1e-3),
    ),
    "standardized:features~~": (
        "the right one minus the mean over the features, divided by the standard deviation, "
        "with an epsilon of about 0.0001",
        lambda x: (x - x.mean(-1, keepdims=True)) / (std(x, -1) + np.float32(1e-4)),
    ),
    "standardized:all": (
        "the right one minus the mean over the whole answer, divided by the standard deviation",
        lambda x: standard(x, None),
    ),
    "standardized:images-tokens": (
        "the right one minus the mean over the images and the tokens, divided by the standard "
        "deviation",
        lambda x: standard(x, (0, 1)),
    ),
    "standardized:tokens": (
        "the right one minus the mean over the tokens, divided by the standard deviation",
        lambda x: (x - x.mean(1, keepdims=True)) / x.std(1, ddof=1, keepdims=True),
    ),
    "rms-norm:features": (
        "the right one divided by the root mean square over the features",
        lambda x: x / np.sqrt((x**2).mean(-1, keepdims=True)),
    ),
    "length:features": (
        "the right one divided by the L2 norm over the features",
        lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True),
    ),
    "length:tokens-features": (
        "the right one divided by the L2 norm over the tokens and the features",
        lambda x: x / np.linalg.norm(x, axis=(1, 2), keepdims=True),
    ),
    "by-largest:all": (
        "the right one divided by the largest absolute value over the whole answer",
        lambda x: x / np.abs(x).max(),
    ),
    "by-sum:features": (
        "the right one divided by the sum of the absolute values over the features",
        lambda x: x / np.abs(x).sum(axis=-1, keepdims=True),
    ),
    "from-0-to-1:features": (
        "the right one minus the smallest over the features, divided by the largest of these",
        lambda x: (x - least(x)) / (x - least(x)).max(axis=-1, keepdims=True),
    ),
    "mean-subtracted:features": (
        "the right one minus the mean over the features",
        lambda x: x - x.mean(axis=-1, keepdims=True),
    ),
    "mean-subtracted:tokens": (
        "the right one minus the mean over the tokens",
        lambda x: x - x.mean(axis=1, keepdims=True),
    ),
    "mean-subtracted:images": (
        "the right one minus the mean over the images",
        lambda x: x - x.mean(axis=0, keepdims=True),
    ),
    "mean:tokens": (
        "the mean of the right ones over the tokens",
        lambda x: x.mean(axis=1, keepdims=True) + 0 * x,
    ),
    "sorted:features": (
        "the right one after a sort along the features, from the smallest to the largest",
        lambda x: np.sort(x, axis=-1),
    ),
    "sorted:tokens": (
        "the right one after a sort along the tokens, from the largest to the smallest",
        lambda x: -np.sort(-x, axis=1),
    ),
}


def check(finding: Finding | None, name: str, words: str) -> None:
    assert finding is not None
    assert finding.id == f"curve:{name}"
    assert finding.sentence.startswith(f"{words}. Look for a")


@given(SEEDS)
@pytest.mark.parametrize("name", ELEMENTS)
@examples(4)
def test_a_function_of_each_number_is_named(name: str, seed: int) -> None:
    words, function = ELEMENTS[name]
    id, situation = name.rstrip("~"), Situation(seed)
    whole = f"Every number that you return is {words.format('the right one')}"
    check(situation.of_right(function), id, whole)
    part = "The part of your answer that depends on the input is "
    part += words.format("the right one's")
    check(situation.of_part(function), f"{id}:part", part)


@given(SEEDS)
@pytest.mark.parametrize("name", ALONG)
@examples(4)
def test_a_function_along_axes_is_named(name: str, seed: int) -> None:
    words, function = ALONG[name]
    id, situation = name.rstrip("~"), Situation(seed, images=3)
    whole = situation.of_right(function)
    check(whole, id, f"Every number that you return is {words}")

    def of_patches(image: Array) -> Array:
        product = situation.product(image)
        changed = np.concatenate([product[:, :1], function(product[:, 1:])], axis=1)
        return np.nan_to_num(changed) + situation.fixed

    part = situation.found(of_patches)
    assert part is not None
    assert part.id == f"curve:{id}:part"
    assert part.sentence.startswith("The part of your answer that depends on the input is ")


@given(SEEDS, st.sampled_from([1.0, 1.5, 2.0]), st.booleans())
@examples(60)
def test_dropout_with_a_fixed_mask_is_named(seed: int, factor: float, part: bool) -> None:
    situation = Situation(seed)
    shape = 1, TOKENS, FEATURES
    many = round((1 - 1 / factor) * 36) or 5
    mask = np.ones(shape, np.float32)
    if part:  # only of the patches: [CLS] is not in it
        mask[:, 1:].flat[situation.random.permutation(36)[:many]] = 0
        found, whole = situation.of_part(lambda x: x * mask * np.float32(factor)), 36
    else:
        mask.flat[situation.random.permutation(42)[:many]] = 0
        found, whole = situation.of_right(lambda x: x * mask * np.float32(factor)), 42
    others = "right" if factor == 1 else f"{factor:.4g} times the right ones"
    of_part = "In the part of your answer that depends on the input, "
    before, the = (of_part, "the ") if part else ("", "")
    assert found is not None
    words = f"{before}{many} of {the}{whole} numbers are always 0, and all others are {others}. "
    assert found.sentence.startswith(words)
    assert found.id == f"curve:{'mask' if factor == 1 else 'dropout'}{':part' * part}"


def test_a_part_that_is_never_filled_and_scaled_by_chance_is_no_dropout() -> None:
    found = Situation(1).of_right(lambda x: np.where(np.arange(FEATURES) < 1, 0, 3 * x))
    assert found is not None
    assert found.id == "curve:mask"
    assert found.sentence == (
        "7 of 42 numbers are always 0, and all others are 3 times the right ones. Look for a mask, "
        "or for a part of the result that is never filled."
    )


def test_only_the_tokens_that_depend_on_the_input_are_looked_at() -> None:
    """The first one may hold anything, as long as it stays the same."""
    situation = Situation(2)

    def before_positions(image: Array) -> Array:
        answer = np.tanh(situation.product(image)) + situation.fixed
        answer[:, 0] = 3
        return answer

    check(
        situation.found(before_positions),
        "tanh:part",
        "The part of your answer that depends on the input is tanh of the right one's",
    )

    def unsteady(image: Array) -> Array:
        answer = before_positions(image)
        answer[:, 0] = image.sum()
        return answer

    assert situation.found(unsteady) is None


def test_axes_without_names_are_told_by_number() -> None:
    random = np.random.default_rng(3)
    right = [scale * random.normal(size=(5, 4)) for scale in (1, 1, 2, 9)]
    got = [sp.softmax(each, axis=0) for each in right]
    check(
        find_curve(right, got, TOLERANCE, None),
        "softmax:axis-0",
        "Every number that you return is the softmax of the right ones over axis 0",
    )
    flat = [each.ravel() for each in right]
    check(
        find_curve(flat, [np.maximum(each, 0) for each in flat], TOLERANCE, None),
        "relu",
        "Every number that you return is ReLU of the right one",
    )


LINEAR: dict[str, Callable[[Situation], Function]] = {
    "right": lambda s: s.right,
    "factor": lambda s: lambda x: np.float32(s.factor) * s.right(x),
    "line": lambda s: lambda x: np.float32(s.factor) * s.right(x) + np.float32(s.random_number),
    "opposite": lambda s: lambda x: -s.right(x),
    "factor-of-part": lambda s: lambda x: np.float32(s.factor) * s.product(x) + s.fixed,
    "features-permuted": lambda s: lambda x: s.right(x)[..., s.order],
    "tokens-permuted": lambda s: lambda x: s.right(x)[:, np.r_[0, 1 + s.order]],
    "tokens-permuted-of-part": lambda s: lambda x: s.product(x)[:, np.r_[0, 1 + s.order]] + s.fixed,
    "all-permuted": lambda s: lambda x: s.right(x).ravel()[s.places].reshape(s.right(x).shape),
    "weights": lambda s: (
        lambda x: (s.right(x).reshape(-1, FEATURES) @ s.matrix).reshape(s.right(x).shape)
    ),
    "weights-of-part": lambda s: lambda x: s.product(x) @ s.matrix + s.fixed,
    "factors-of-features": lambda s: lambda x: s.right(x) * s.matrix[0],
    "factors-of-tokens": lambda s: lambda x: s.right(x) * s.many[:TOKENS, None],
    "not-fixed": lambda s: s.product,
    "fixed-alone": lambda s: lambda x: s.fixed + 0,
    "zeros": lambda s: lambda x: 0 * s.fixed,
    "bias": lambda s: lambda x: s.right(x) + s.matrix[0],
    "other-map": lambda s: lambda x: (x.ravel() @ s.wide).reshape(s.fixed.shape),
}
BENT: dict[str, Function] = {
    "power": lambda t: np.sign(t) * np.abs(t) ** 1.5,
    "waves": lambda t: t + np.sin(3 * t),
    "step": lambda t: np.where(t > 0.3, t, 0.1 * t),
    "two-slopes": lambda t: np.where(t > 0, 2 * t, 0.1 * t),
    "tanh-of-half": lambda t: np.tanh(t / 2),
    "relu-and-more": lambda t: np.maximum(t, 0) + np.float32(0.1),
    "relu-and-tanh": lambda t: np.maximum(np.tanh(t), 0),
    "relu-above": lambda t: np.where(t > 0.5, t, 0),
    "16-bit": lambda t: t.astype(np.float16).astype(np.float32),
    "softmax-of-half": lambda t: sp.softmax(t / 2, axis=-1),
    "twice-softmax": lambda t: 2 * sp.softmax(t, axis=-1),
    "norm-and-more": lambda t: t / (1.5 + np.linalg.norm(t, axis=-1, keepdims=True)),
    "cut-by-tokens": lambda t: np.minimum(t, np.arange(1, TOKENS + 1)[:, None]),
    "tenths": lambda t: np.round(t, 1),
    "softmax-of-some": lambda t: np.concatenate([t[:, :3], sp.softmax(t[:, 3:], -1)], axis=1),
    "relu-of-some": lambda t: np.concatenate([t[..., :3], np.maximum(t[..., 3:], 0)], axis=-1),
    "random": lambda t: np.random.default_rng(int(abs(t).sum())).normal(size=t.shape),
}


@given(SEEDS, st.floats(-3, 3), st.integers(1, 2), st.sampled_from(sorted(LINEAR)))
@examples(150)
def test_of_linear_functions_nothing_is_said(
    seed: int, factor: float, images: int, kind: str
) -> None:
    situation = Situation(seed, images)
    random = situation.random
    situation.factor, situation.random_number = factor, random.normal()  # type: ignore[attr-defined]
    situation.order = random.permutation(6)  # type: ignore[attr-defined]
    situation.places = random.permutation(situation.fixed.size)  # type: ignore[attr-defined]
    situation.many = random.normal(size=9).astype(np.float32)  # type: ignore[attr-defined]
    situation.matrix = random.normal(size=(6, 6)).astype(np.float32)  # type: ignore[attr-defined]
    pixels = images * (TOKENS - 1) * TERMS
    situation.wide = random.normal(size=(pixels, situation.fixed.size)).astype(np.float32)  # type: ignore[attr-defined]
    assert situation.found(LINEAR[kind](situation)) is None


@given(SEEDS, st.integers(1, 2), st.sampled_from(sorted(BENT)), st.booleans())
@examples(150)
def test_of_functions_that_have_no_name_here_nothing_is_said(
    seed: int, images: int, kind: str, part: bool
) -> None:
    situation = Situation(seed, images)
    answer = situation.of_part if part else situation.of_right
    assert answer(BENT[kind]) is None


@given(SEEDS, st.integers(1, 3))
@examples(20)
def test_of_a_function_of_the_image_nothing_is_said(seed: int, layers: int) -> None:
    """Pixels that are bent or normalized before a right product, and nets of random weights."""
    situation = Situation(seed)
    random = situation.random

    def net(image: Array) -> Array:
        for _ in range(layers):
            image = np.tanh(image @ weights[_])
        return situation.right(image)

    weights = random.normal(size=(layers, TERMS, TERMS)).astype(np.float32)
    assert situation.found(net) is None
    for bend in (
        lambda x: np.maximum(x, 0),
        np.tanh,
        np.abs,
        np.round,
        lambda x: x - x.mean(),
        lambda x: x / 255,
        lambda x: standard(x, -1, 1e-5),
        lambda x: standard(x, None, 1e-5),
    ):
        assert situation.found(lambda x, bend=bend: situation.right(bend(x))) is None  # type: ignore[misc]


def test_numbers_that_do_not_tell_curves_apart_say_nothing() -> None:
    """Far from 0, ReLU, GELU and SiLU are the same."""
    random = np.random.default_rng(4)
    signs = random.choice([-1, 1], size=(6, 4, 3))
    right = [each * random.uniform(30, 90, size=each.shape) for each in signs]
    assert find_curve(right, [np.maximum(each, 0) for each in right], TOLERANCE, None) is None
    all_above = [np.abs(each) for each in right]
    assert find_curve(all_above, all_above, TOLERANCE, None) is None


def test_few_numbers_say_nothing() -> None:
    right = [np.array([1.0, -2.0]), np.array([2.0, -1.0])]
    assert find_curve(right, [np.maximum(each, 0) for each in right], TOLERANCE, None) is None
    empty = [np.zeros((0, 3))] * 3
    assert find_curve(empty, empty, TOLERANCE, np.zeros((0, 3))) is None
    nans = [np.full(9, np.nan)] * 3
    assert find_curve([np.arange(9.0)] * 3, nans, TOLERANCE, np.arange(9.0)) is None
