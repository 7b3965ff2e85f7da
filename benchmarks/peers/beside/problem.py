"""The benchmark's cases of a problem, in place of its own: six shapes and five seeds each.

Title, rules, limits and what explains mistakes are those of the problem itself (`original.py`).
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator

from grader.course.catalogue import load_module
from grader.course.problem import Case, Group, Problem

SEEDS = 5
# Images, channels, height, width, patch size and d_model.
SHAPES = (
    *((1, 3, 9, 9, 3, 8), (2, 1, 16, 12, 4, 6), (3, 4, 6, 9, 3, 36)),
    *((2, 5, 3, 12, 3, 16), (1, 2, 34, 36, 2, 4), (1, 3, 32, 32, 8, 64)),
)
ID = Path(__file__).parent.name


def draw(shapes: Generator, values: Generator) -> Iterator[Case]:
    def normal(*shape: int) -> np.ndarray:
        return values.normal(size=shape).astype(np.float32)

    for number, (images, channels, height, width, p, d_model) in enumerate(SHAPES, 1):
        terms = channels * p * p
        tokens = (height // p) * (width // p) + 1
        for _ in range(SEEDS):
            if ID == "vit_patch_embed":
                seed = int(values.integers(1, 2**16))
                yield Case(
                    f"shape {number}", (seed, normal(height, width, channels), p, d_model), terms
                )
            else:
                x, w_proj = normal(images, channels, height, width), normal(terms, d_model)
                arguments = x, w_proj, normal(d_model), normal(tokens, d_model), p
                yield Case(f"shape {number}", arguments, terms)


def own(case: Case) -> Case:
    """A case that shows a mistake, in a group that there is."""
    return dataclasses.replace(case, group="shape 1")


def tiny() -> Iterator[Case]:
    return map(own, ORIGINAL.tiny() if ORIGINAL.tiny else ())


def probe() -> Case:
    assert ORIGINAL.probe is not None
    return own(ORIGINAL.probe())


ORIGINAL: Problem = load_module(Path(__file__).with_name("original.py")).PROBLEM
PROBLEM = dataclasses.replace(
    ORIGINAL,
    groups={f"shape {n}": Group(f"images of shape {n}") for n in range(1, len(SHAPES) + 1)},
    draw=draw,
    tiny=tiny,
    probe=probe,
)
