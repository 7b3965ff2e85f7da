"""ViT patch embedding with a strided convolution: how its cases are drawn."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator

from grader.problem import Case, Group, Problem, View

GROUPS = {
    "square": Group("a square image", 2),
    "tall": Group("a tall image", 2),
    "wide": Group("a wide image with d_model = C·p²", 2),
    "one_row": Group("an image one patch high"),
    "one_column": Group("an image one patch wide"),
    "single_patch": Group("an image that is one patch"),
    "pixel_patches": Group("patches of one pixel with d_model = C"),
    "axis_of_three": Group("an image whose axis of length 3 is not the channels"),
    "many_patches": Group("more than 1024 patches"),
    "large_patches": Group("patches of 49 pixels, 10 channels or more, d_model = 1"),
    "values": Group("pixel values of other ranges", 2),
    "seeds": Group("small and large seeds"),
    "argument_types": Group("arguments of every type that the statement allows"),
    "repeats": Group("a call made before, after others", 2),
    "vit_base": Group("an image of ViT-Base's size"),
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
    # second of compiling; an image of a new shape costs little. So nine kernels serve all groups.
    p, n, d_model = pick(2, 3), pick(3, 4), pick(5, 8, 11)
    square = (p * n, p * n, 3), p, d_model
    yield (first := case("square", normal(*square[0]), p, d_model, seed()))

    p, columns, d_model = pick(2, 4), pick(2, 3), pick(6, 7, 9)
    tall = (p * (columns + pick(1, 2)), p * columns, 1), p, d_model
    yield case("tall", normal(*tall[0]), p, d_model, seed())

    # At least 16 features, so that the largest output of a single patch is not small by chance.
    p, rows, channels = pick(2, 3), pick(2, 3), 5
    d_model = channels * p * p
    wide = (p * rows, p * (rows + pick(1, 2)), channels), p, d_model
    # One image and one key in cases that differ in the other sizes: whoever keeps kernels, patches
    # or tables and forgets what they depend on comes to light.
    kept, key = normal(*wide[0]), seed()
    yield case("wide", kept, p, d_model, key)
    # The number of patches is a square and the grid is not; their columns don't fit into a byte.
    yield case("one_row", normal(p, p * pick(17**2, 18**2), channels), p, d_model, seed())
    yield case("single_patch", normal(p, p, channels), p, d_model, seed())
    yield case("one_column", normal(square[1] * pick(37, 41), square[1], 3), *square[1:], seed())

    # Patches of one pixel: with several along both axes, a mistake in their order always shows.
    yield case("pixel_patches", kept, 1, channels, key)
    # As many patches in a row or a column as features, and as many of these as in the last case.
    for sides in ((3, channels), (channels, 3)):
        yield case("axis_of_three", normal(*sides, 6), 1, channels, key)
    # Sides of one pixel, which `squeeze` takes away, and features that don't fill blocks of 256.
    yield case("one_row", normal(1, 7, 6), 1, channels, seed())
    yield case("one_column", normal(6, 1, 1), 1, 300, seed())
    yield case("single_patch", normal(1, 1, 1), 1, 300, seed())
    # More patches than tables are long, more columns than two digits tell apart.
    many = normal(p * 5, p * pick(206, 209), channels), p, channels, key
    yield case("many_patches", *many)
    # More pixels than 16 bits can count, p² · C that blocks don't divide, and H · (1 / p), the
    # number of rows, rounds to less than it is.
    yield case("large_patches", normal(49 * 6, 49 * 7, pick(10, 11)), 49, 1, seed())

    for shape, p, d_model in (square, tall, wide):
        image, key = normal(*shape), seed()  # one key: what is kept of a kernel comes to light
        yield case("values", 1000 + image, p, d_model, key)
        yield case("values", -np.abs(400 * image) - 0.5, p, d_model, key)
        yield case("values", np.round(np.clip(128 + 60 * image, 0, 255)), p, d_model, key)
        yield case("values", np.round(100_000 * image), p, d_model, key)  # more than 16 bits
        # So small that they round to the zeros after them.
        yield case("values", 1e-9 * image, p, d_model, key)
        yield case("values", np.zeros(shape, np.float32), p, d_model, key)
        image[:p, :p] = 0  # a blank patch, and two that are equal
        image[-p:, -p:] = image[:p, -p:]
        yield case("values", image, p, d_model, key)
        yield case("values", np.full(shape, 0.5, np.float32), p, d_model, key)

    large = int(values.integers(2**16 + 1, 2**31 - 2**10))
    near = 2**31 - 1 - int(values.integers(2**10))
    for key in (0, int(values.integers(1, 10)), large, near, 2**31 - 1):
        yield case("seeds", normal(*square[0]), *square[1:], key)

    shape, p, d_model = tall
    yield case("argument_types", normal(*shape), np.int64(p), np.int16(d_model), np.int64(seed()))
    yield case("argument_types", normal(*shape), float(p), float(d_model), seed())
    shape, p, d_model = wide
    yield case("argument_types", normal(*shape), p, d_model, seed(), arrays="jax")
    key = np.uint32(seed())
    yield case("argument_types", normal(*shape), np.int32(p), d_model, key, arrays="read-only")

    key, image = seed(), normal(*wide[0])
    yield case("repeats", image, *wide[1:], key)
    yield case("repeats", image, wide[1], channels, key)
    yield case("repeats", image, *wide[1:], key + 1)
    yield case("repeats", image[::-1].copy(), *wide[1:], key)
    yield case("repeats", image, *wide[1:], key)
    height, width, _ = image.shape
    yield case("repeats", image.reshape(width, height, channels), *wide[1:], key)
    # A large image that differs from one before in its middle only.
    image = many[0].copy()
    image[len(image) // 2, 10:-10] += 1
    yield case("repeats", image, *many[1:])
    yield case("repeats", first.arguments[1], *first.arguments[2:], first.arguments[0])

    # Python loops over the patches take up to 20 s here and are right.
    yield case("vit_base", normal(224, 224, 3), 16, 768, seed(), seconds=60)


def tiny() -> Iterator[Case]:
    """Height, width, channels, p and d_model, the smallest first; pixels are 1, 2, 3, …"""
    for height, width, channels, p, d_model in (
        *((1, 1, 1, 1, 1), (1, 2, 1, 1, 1), (2, 1, 1, 1, 1), (2, 2, 1, 1, 1), (1, 1, 2, 1, 1)),
        *((1, 1, 1, 1, 2), (2, 2, 1, 2, 1), (2, 2, 1, 2, 2), (2, 4, 1, 2, 1), (4, 2, 1, 2, 1)),
        *((2, 2, 2, 2, 1), (2, 3, 1, 1, 2), (3, 2, 1, 1, 2), (2, 4, 3, 2, 2), (4, 4, 3, 2, 2)),
    ):
        image = np.arange(1.0, height * width * channels + 1, dtype=np.float32)
        image = image.reshape(height, width, channels)
        for number in (0, 1):
            yield Case("square", (number, image, p, d_model), terms=channels * p * p)


def probe() -> Case:
    image = np.random.default_rng(0).normal(size=(4, 6, 2)).astype(np.float32)
    return Case("wide", (1, image, 2, 6), terms=8)


def view(case: Case) -> View:
    _, image, p, d_model = case.arguments
    height, width, _ = np.shape(image)
    return View(1, 0, height // int(p), width // int(p), int(d_model))


PROBLEM = Problem(
    title="ViT patch embedding as a strided convolution",
    entry_point="patch_embed_forward",
    parameters=("seed", "image", "patch_size", "d_model"),
    output="a 1-D array of (H/p · W/p) · d_model numbers",
    groups=GROUPS,
    draw=draw,
    axes={"image": "H W C", "patch_size": "p", "d_model": "d_model"},
    view=view,
    tiny=tiny,
    probe=probe,
    # All of it: the statement names the module, its arguments, how it is initialised, and the rest.
    given_away=("*",),
)
