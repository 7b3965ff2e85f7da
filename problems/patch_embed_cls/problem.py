"""Patch embedding with a [CLS] token and positions: how its cases are drawn."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator

from grader.problem import Case, Group, Problem, Rules, View

GROUPS = {
    "square": Group("a square image", 2),
    "tall": Group("a batch of tall images", 2),
    "wide": Group("a batch of wide images with d_model = C·P²", 2),
    "one_row": Group("images one patch high"),
    "one_column": Group("images one patch wide"),
    "single_patch": Group("images that are one patch"),
    "pixel_patches": Group("patches of one pixel with d_model = C"),
    "axis_of_three": Group("images whose axis of length 3 is not the channels"),
    "many_patches": Group("more than 1024 patches"),
    "large_patches": Group("patches of 49 pixels, 10 channels or more, d_model = 1"),
    "zero_image": Group("images of zeros, so that only [CLS] and positions show", 2),
    "values": Group("pixel values of other ranges", 2),
    "argument_types": Group("arrays of every type that the statement allows"),
    "repeats": Group("a call made before, after others"),
    "vit_base": Group("images of ViT-Base's size"),
}


def draw(shapes: Generator, values: Generator) -> Iterator[Case]:
    def pick(*options: int) -> int:
        return int(shapes.choice(options))

    def normal(*shape: int) -> np.ndarray:
        return values.normal(size=shape).astype(np.float32)

    def case(
        group: str, x: np.ndarray, p: int, d_model: int, scale: float = 1, **more: Any
    ) -> Case:
        """scale: of [CLS] and the positions."""
        _, channels, height, width = x.shape
        terms = channels * p * p
        w_proj = normal(terms, d_model) / np.float32(np.sqrt(terms))
        tokens = (height // p) * (width // p) + 1
        cls_token, pos_embed = scale * normal(d_model), scale * normal(tokens, d_model)
        arguments = (x, w_proj, cls_token, pos_embed, p)
        return Case(group, arguments, terms, **more)

    # Each of these shapes costs a submission one compilation; the groups after them reuse three.
    p, n, d_model = pick(2, 3), pick(3, 4), pick(5, 8, 11)
    square = (1, 3, p * n, p * n), p, d_model
    yield (first := case("square", normal(*square[0]), p, d_model))

    p, columns, d_model = pick(2, 4), pick(2, 3), pick(6, 7, 9)
    tall = (2, 1, p * (columns + pick(1, 2)), p * columns), p, d_model
    yield case("tall", normal(*tall[0]), p, d_model)

    p, rows, channels = pick(2, 3), pick(2, 3), 4
    wide = (3, channels, p * rows, p * (rows + pick(1, 2))), p, channels * p * p
    kept = normal(*wide[0])
    yield case("wide", kept, *wide[1:])

    # The number of patches is a square and the grid is not; their columns don't fit into a byte.
    p, columns = pick(2, 3), pick(17**2, 18**2)
    yield case("one_row", normal(2, 5, p, p * columns), p, pick(5, 6))
    p, rows = pick(2, 3), pick(37, 41)
    yield case("one_column", normal(7, 2, p * rows, p), p, pick(5, 6))
    # At least 16 features, so that the largest output is not small by chance.
    p = pick(3, 4, 5)
    # As many images as tokens, so that a mix-up of the two doesn't end in an error.
    yield case("single_patch", normal(2, pick(2, 3), p, p), p, pick(16, 20))
    # Images seen before, so that patches kept without their size show.
    yield case("pixel_patches", kept, 1, channels)
    # Sides of one pixel, which `squeeze` takes away. More images than a byte counts, and any way of
    # cutting them into equal parts leaves a rest; as many tokens as features; and features that
    # don't fill blocks of 256.
    yield case("one_row", normal(257, 1, 1, 4), 1, 3)
    yield case("one_column", normal(1, 1, 6, 1), 1, 7)
    yield case("single_patch", normal(1, 1, 1, 1), 1, 300)
    # Patches of one pixel, so that there are several along both axes and a mistake in their
    # order shows in every draw.
    images, other = pick(1, 2), pick(5, 7)
    for sides in ((3, other), (other, 3)):  # as many patches in a row or a column as features
        yield case("axis_of_three", normal(images, 5, *sides), 1, other)
    # More patches than tables are long, more columns than two digits tell apart.
    many = case("many_patches", normal(1, 2, 2 * 5, 2 * pick(206, 209)), 2, 3)
    yield many
    # More pixels than 16 bits can count, C·P² that blocks don't divide, and H · (1 / P), the number
    # of rows, rounds to less than it is.
    yield case("large_patches", normal(1, pick(10, 11), 49 * 6, 49 * 7), 49, 1)

    for shape, p, d_model in (square, tall, wide):
        yield case("zero_image", np.zeros(shape, np.float32), p, d_model)

    for shape, p, d_model in (square, tall, wide):
        x = normal(*shape)
        yield case("values", 1000 + x, p, d_model)
        yield case("values", -np.abs(400 * x) - 0.5, p, d_model)
        yield case("values", np.round(np.clip(128 + 60 * x, 0, 255)), p, d_model)
        yield case("values", np.round(100_000 * x), p, d_model)  # more than 16 bits
        yield case("values", 1e-9 * x, p, d_model, scale=1e-9)
        x[..., :p, :p] = 0  # a blank patch, and two that are equal
        x[..., -p:, -p:] = x[..., :p, -p:]
        yield case("values", x, p, d_model, scale=0)
        yield case("values", np.full(shape, 0.5, np.float32), p, d_model)

    yield case("argument_types", normal(*wide[0]), *wide[1:], arrays="jax")
    yield case("argument_types", normal(*tall[0]), *tall[1:], arrays="read-only")

    again = case("repeats", normal(*wide[0]), *wide[1:])
    x, *parameters = again.arguments
    yield again
    yield Case("repeats", (x[:, :, ::-1].copy(), *parameters), again.terms)
    for changed in range(3):  # one array alone, and not its sum
        others = [a[::-1].copy() if i == changed else a for i, a in enumerate(parameters)]
        yield Case("repeats", (x, *others), again.terms)
    yield again
    images, channels, height, width = x.shape
    turned = x.reshape(images, channels, width, height)
    yield Case("repeats", (turned, *parameters), again.terms)
    yield Case("repeats", (x[:1].copy(), *parameters), again.terms)
    # Large images that differ from others before in their middle only.
    x, *parameters = many.arguments
    x = x.copy()
    x[..., x.shape[2] // 2, 10:-10] += 1
    yield Case("repeats", (x, *parameters), many.terms)
    yield Case("repeats", first.arguments, first.terms)

    # Python loops over the patches take up to 20 s here and are right.
    yield case("vit_base", normal(1, 3, 224, 224), 16, 768, seconds=60)


def tiny() -> Iterator[Case]:
    """Images, channels, height, width, P and d_model, the smallest first.

    Pixels are 1, 2, 3, …, weights ones on a diagonal, [CLS] -1, and positions hundreds.
    """
    for images, channels, height, width, p, d_model in (
        *((1, 1, 1, 1, 1, 1), (1, 1, 1, 2, 1, 1), (1, 1, 2, 1, 1, 1), (1, 1, 2, 2, 1, 1)),
        *((1, 1, 1, 1, 1, 2), (2, 1, 1, 1, 1, 1), (1, 2, 1, 1, 1, 2), (1, 1, 2, 2, 2, 4)),
        *((1, 1, 2, 4, 2, 4), (1, 1, 4, 2, 2, 4), (2, 1, 2, 3, 1, 2), (1, 2, 2, 2, 2, 8)),
        *((1, 1, 2, 3, 1, 2), (1, 3, 2, 2, 2, 12), (2, 3, 4, 6, 2, 12)),
    ):
        x = np.arange(1.0, images * channels * height * width + 1, dtype=np.float32)
        terms, tokens = channels * p * p, (height // p) * (width // p) + 1
        positions = 100.0 * np.arange(1, tokens + 1)[:, None] + np.zeros(d_model)
        arguments = (
            x.reshape(images, channels, height, width),
            np.eye(terms, d_model, dtype=np.float32),
            np.full(d_model, -1.0, np.float32),
            positions.astype(np.float32),
            p,
        )
        yield Case("square", arguments, terms)


def probe() -> Case:
    normal = np.random.default_rng(0).normal
    shapes = (1, 2, 4, 6), (8, 6), (6,), (7, 6)
    return Case("wide", (*(normal(size=s).astype(np.float32) for s in shapes), 2), terms=8)


def view(case: Case) -> View:
    x, w_proj, _, _, p = case.arguments
    images, _, height, width = np.shape(x)
    return View(images, 1, height // int(p), width // int(p), np.shape(w_proj)[1])


PROBLEM = Problem(
    title="Patch embedding with a [CLS] token and position embeddings",
    entry_point="patch_embed_cls",
    parameters=("x", "w_proj", "cls_token", "pos_embed", "patch_size"),
    output="an array of shape (N, num_patches + 1, d_model)",
    groups=GROUPS,
    draw=draw,
    axes={"x": "N C H W", "w_proj": "_ d_model", "patch_size": "p"},
    view=view,
    tiny=tiny,
    probe=probe,
    # Arguments become JAX arrays, one product, [CLS] in front, positions added. How patches are cut
    # out is not given away.
    given_away=("stage", "matmul", "broadcast_in_dim", "concatenate", "add"),
    rules=Rules(
        sentence="This problem is to be solved without a convolution: reshape, permute, reshape, "
        "and one matrix product.",
        primitives=("conv_general_dilated",),
        calls=(
            "numpy*.convolve",
            "numpy*.correlate",
            "numpy*.polymul",
            "jax.scipy.signal.*convolve*",
            "jax.scipy.signal.*correlate*",
            "scipy.signal.upfirdn",
            "scipy.signal.*convolve*",
            "scipy.signal.*correlate*",
            "scipy.ndimage.*convolve*",
            "scipy.ndimage.*correlate*",
            "torch.conv*",
            "torch.nn.Conv*",
            "torch.nn.LazyConv*",
            "torch.nn.functional.conv*",
            "tensorflow.nn.conv*",
            "tensorflow.keras.layers.Conv*",
        ),
    ),
)
