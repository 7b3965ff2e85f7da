"""ViT patch embedding with a strided convolution: how its cases are drawn."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator

from grader.problem import Case, Group, Problem

GROUPS = {
    "square": Group("a square image", 2),
    "tall": Group("a tall image", 2),
    "wide": Group("a wide image with d_model = C·p²", 2),
    "one_row": Group("an image one patch high"),
    "one_column": Group("an image one patch wide"),
    "single_patch": Group("an image that is one patch"),
    "pixel_patches": Group("patches of one pixel"),
    "axis_of_three": Group("an image whose axis of length 3 is not the channels"),
    "many_patches": Group("more than 128 patches with d_model = 1"),
    "values": Group("pixel values of other ranges", 2),
    "seeds": Group("small and large seeds"),
    "argument_types": Group("arguments of every type that the statement allows"),
    "repeats": Group("a call made before, after others", 2),
    "vit_base": Group("an image of ViT-Base's size", 2),
}


def draw(shapes: Generator, values: Generator) -> Iterator[Case]:
    def pick(*options: int) -> int:
        return int(shapes.choice(options))

    def normal(height: int, width: int, channels: int) -> np.ndarray:
        return values.normal(size=(height, width, channels)).astype(np.float32)

    def seed() -> int:
        return int(values.integers(1, 2**16))

    def case(group: str, image: np.ndarray, p: Any, d_model: Any, key: Any, **more: Any) -> Case:
        terms = image.shape[2] * int(p) ** 2
        return Case(group, (key, image, p, d_model), terms, **more)

    # Drawing a kernel of a new shape (p, p, C, d_model) is what costs a submission time, about a
    # second of compiling; an image of a new shape costs little. So six kernels serve all groups.
    p, n, d_model = pick(2, 3), pick(3, 4), pick(5, 8, 11)
    square = (p * n, p * n, 3), p, d_model
    yield (first := case("square", normal(*square[0]), p, d_model, seed()))

    p, columns, d_model = pick(2, 4), pick(2, 3), pick(6, 7, 9)
    tall = (p * (columns + pick(1, 2)), p * columns, 1), p, d_model
    yield case("tall", normal(*tall[0]), p, d_model, seed())

    # At least 16 features, so that the largest output of a single patch is not small by chance.
    p, channels = ((2, 4), (3, 2), (3, 4))[pick(0, 1, 2)]
    rows, d_model = pick(2, 3), channels * p * p
    wide = (p * rows, p * (rows + pick(1, 2)), channels), p, d_model
    yield case("wide", normal(*wide[0]), p, d_model, seed())
    yield case("one_row", normal(p, p * pick(4, 5), channels), p, d_model, seed())
    yield case("single_patch", normal(p, p, channels), p, d_model, seed())
    (_, _, channels), p, d_model = square
    yield case("one_column", normal(p * pick(4, 5), p, channels), p, d_model, seed())

    # Patches of one pixel: with several along both axes, a mistake in their order always shows.
    channels, d_model, other = pick(4, 5), pick(5, 7), pick(5, 7)
    yield case("pixel_patches", normal(pick(4, 5), pick(6, 7), channels), 1, d_model, seed())
    for sides in ((3, other), (other, 3)):
        yield case("axis_of_three", normal(*sides, channels), 1, d_model, seed())
    yield case("many_patches", normal(2 * pick(11, 12), 2 * pick(13, 14), 2), 2, 1, seed())

    for shape, p, d_model in (square, tall, wide):
        image = normal(*shape)
        yield case("values", 1000 + image, p, d_model, seed())
        yield case("values", -np.abs(image) - 0.5, p, d_model, seed())
        yield case("values", np.clip(128 + 60 * image, 0, 255), p, d_model, seed())
        yield case("values", np.round(20 * image), p, d_model, seed())
        yield case("values", 1e-3 * image, p, d_model, seed())

    large = int(values.integers(2**16 + 1, 2**31 - 2**10))
    for key in (0, int(values.integers(1, 10)), large, 2**31 - 1 - int(values.integers(2**10))):
        yield case("seeds", normal(*square[0]), *square[1:], key)

    shape, p, d_model = tall
    more: dict[str, Any]
    for key, size, features, more in (
        (np.int64(seed()), np.int64(p), np.int64(d_model), {}),
        (seed(), float(p), float(d_model), {}),
        (seed(), p, d_model, {"arrays": "jax"}),
        (seed(), np.int32(p), d_model, {"arrays": "read-only"}),
    ):
        yield case("argument_types", normal(*shape), size, features, key, **more)

    key, image = seed(), normal(*wide[0])
    yield case("repeats", image, *wide[1:], key)
    yield case("repeats", image, *wide[1:], key + 1)
    yield case("repeats", image[::-1].copy(), *wide[1:], key)
    yield case("repeats", image, *wide[1:], key)
    yield case("repeats", first.arguments[1], *first.arguments[2:], first.arguments[0])

    # Python loops over the patches take up to 20 s here and are right.
    yield case("vit_base", normal(224, 224, 3), 16, 768, seed(), seconds=60)


PROBLEM = Problem(
    title="ViT patch embedding as a strided convolution",
    entry_point="patch_embed_forward",
    parameters=("seed", "image", "patch_size", "d_model"),
    output="a 1-D array of (H/p · W/p) · d_model numbers",
    groups=GROUPS,
    draw=draw,
)
