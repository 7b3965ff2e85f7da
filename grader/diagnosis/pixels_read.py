"""Finds the pixels that each output token reads, to compare them with those that it should read.

A small image is changed one number at a time. The tokens that change with it have read that pixel.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..judging.compare import any_numbers
from .experiments import AS_IT_IS, ONE_IMAGE, OTHER_IMAGE, PLUS_1, element, elements_shape, letters
from .finding import Finding
from .heat_map import token_name
from .measured import Measured, responses
from .precision import is_linear

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """Which pixels were read. should, does: (tokens, H, W) bool, whether the token reads the pixel.
    labels: of each token, "[CLS]" or the place of its patch. complete: whether a token that did not
    change with a pixel can't read it: an activation or a maximum may hide it.
    """

    labels: tuple[str, ...]
    should: Mask
    does: Mask
    complete: bool = True

    @property
    def astray(self) -> list[int]:
        """The tokens that certainly read other pixels than they should."""
        missing = self.should & ~self.does & self.complete
        return [int(n) for n in np.flatnonzero((missing | self._more).any(axis=(1, 2)))]

    @property
    def _more(self) -> Mask:
        return self.does & ~self.should

    def name(self, token: int) -> str:
        """A token's number and place, short."""
        return f"{token}: {self.labels[token].removeprefix('patch in ')}"

    @property
    def finding(self) -> Finding:
        """About the first token that reads other pixels. Its id has a digest of these pixels."""
        _, height, width = self.should.shape
        image = f"On an image of {height} by {width} pixels,"
        if not self.astray:
            return Finding(
                "reads-right",
                f"{image} each token reads what it should, and nothing else. Look at what you "
                "compute from these pixels: their order within the patch, the weights, or what you "
                "add.",
            )
        token = self.astray[0]
        pixels = hashlib.sha256(np.packbits(self.does[token]).tobytes()).hexdigest()[:8]
        only = "" if self.complete or not self.should[token].any() else "only "
        reads = "it reads" if self.complete else "it also changes with"
        which = self.does if self.complete else self._more
        return Finding(
            f"reads-other-pixels:{token}:{pixels}",
            f"{image} token {token} ({self.labels[token]}) should read "
            f"{only}{_pixels(self.should[token])}, but {reads} {_pixels(which[token])}.",
        )


@any_numbers
def what_was_read(measured: Measured) -> Reading:
    """What the tokens of the first image read. measured: of a function that was asked for every
    single change, and gave finite numbers.
    """
    problem, view = measured.problem, measured.view
    found = responses(problem, measured.got, measured.rounding)
    shape, axes = elements_shape(problem), [a for a in letters(problem) if a != "N"]
    read = np.abs(found.values[:, 0]).max(axis=2) > found.noise
    by_place: Mask = read.reshape(*shape, -1)
    places = np.moveaxis(by_place, (axes.index("H"), axes.index("W")), (0, 1))
    height, width = places.shape[:2]
    does: Mask = np.any(places.reshape(height, width, -1, read.shape[1]), axis=2, keepdims=False)
    patches = np.arange(view.rows * view.columns).reshape(view.rows, view.columns)
    patch_of_pixel = patches.repeat(height // view.rows, 0).repeat(width // view.columns, 1)
    should = patch_of_pixel == np.arange(-view.extra, patches.size)[:, None, None]
    return Reading(
        labels=tuple(token_name(n, view.extra, view.columns) for n in range(read.shape[1])),
        should=should,
        does=np.moveaxis(does, 2, 0),
        complete=is_linear(measured),
    )


@any_numbers
def compare_images(measured: Measured) -> Finding | None:
    """Whether the images of a batch are computed each from itself, in their order. A pixel of the
    first image was changed, each in turn, one of the last image, and all of all images.
    """
    problem, view, got = measured.problem, measured.view, measured.got
    if view.images == 1:
        return None
    found = responses(problem, got, measured.rounding)
    changed = np.abs(found.values).max(axis=(0, 2, 3)) > found.noise  # by image of the answer
    last = np.abs(got[OTHER_IMAGE] - got[AS_IT_IS]).max(axis=(1, 2)) > found.noise
    # Whether image 0 changes with the others, if all of them change.
    others = not measured.same(got[PLUS_1][0], got[ONE_IMAGE][0])
    alone = changed.all() and not last.any()
    if alone and measured.same(*found.values[:, [0, -1]].swapaxes(0, 1)):
        return Finding(
            "images:first-everywhere",
            "In a batch, all images of your answer hold the tokens of the first image. Compute "
            "each image from its own pixels.",
        )
    if changed[0] and changed[1:].any():
        return Finding(
            "images:mixed",
            f"In a batch, image {int(np.flatnonzero(changed)[1])} (counted from 0) changes if "
            "only the pixels of image 0 change. Each image is to be computed from its own pixels.",
        )
    if changed[1:].any():
        return Finding(
            "images:moved",
            f"In a batch, the pixels of image 0 are in image {int(np.flatnonzero(changed)[0])} "
            "of your answer. Return the images in their order.",
        )
    if not changed.any() and (last[0] or others):
        return Finding(
            "images:last-everywhere",
            "In a batch, image 0 of your answer changes with the pixels of the last image, and not "
            "with its own. Compute each image from its own pixels.",
        )
    if others:
        return Finding(
            "images:mixed",
            "In a batch, image 0 of your answer changes if only the pixels of the other images "
            "change. Each image is to be computed from its own pixels.",
        )
    return None


@any_numbers
def last_image_not_read(measured: Measured) -> Finding | None:
    """Of a function that reads all pixels of the first image: also the one that was changed in the
    last.
    """
    name = OTHER_IMAGE
    if name not in measured.got or measured.right_same(name) or not measured.got_same(name):
        return None
    if measured.got_same(element(tuple(n - 1 for n in elements_shape(measured.problem)))):
        return None
    return Finding(
        "images:last-not-read",
        "In a batch, the tokens of the first image read its pixels, but a pixel of the last image "
        "changes nothing in your answer.",
    )


def _pixels(mask: Mask) -> str:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return "no pixels"
    if mask.all():
        return "all pixels"
    if mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all():
        return f"{_span('row', rows)}, {_span('column', columns)}"
    places = [f"({row}, {column})" for row, column in np.argwhere(mask)]
    if len(places) > 6:
        return f"{len(places)} pixels that do not form a rectangle"
    return f"the pixels (row, column) {', '.join(places)}"


def _span(noun: str, indices: NDArray[np.intp]) -> str:
    first, last = indices[0], indices[-1]
    return f"{noun} {first}" if first == last else f"{noun}s {first} to {last}"
