"""Finds what a function computes in place of the right answer, the most specific first. Pure."""

from __future__ import annotations

import numpy as np

from ..judging.compare import any_numbers
from .added import compare_added
from .any_function import compare_responses
from .arguments_used import how_arguments_are_used
from .curve import find_curve
from .experiments import CHANGES, ZEROS, zeroed
from .finding import Finding
from .measured import Measured
from .pixels_read import Reading, compare_images, last_image_not_read, what_was_read
from .precision import how_linear, how_precise, what_overflows
from .response import NOT_LINEAR, how_it_responds
from .weights import compare_weights

AXES = ("images", "tokens", "features")  # of an answer of a problem that has a `view`


@any_numbers
def find_causes(measured: Measured) -> tuple[tuple[Finding, ...], Reading | None]:
    """What is true of all answers, and what the tokens read. Two findings are about two things: the
    weights, and what is added. None if too little was answered to tell, or all is right.
    """
    got = measured.got
    if len(got) < len(measured.right) or not got:
        return (), None
    if curve := _curve(measured):
        return (curve,), None
    zeroed_arguments = [zeroed(name) for name in measured.problem.affine_in]
    zeros = (ZEROS, *zeroed_arguments)  # a norm divides by 0 there
    if any(not np.isfinite(answer).all() for name, answer in got.items() if name not in zeros):
        return tuple(filter(None, [what_overflows(measured)])), None
    if used := how_arguments_are_used(measured):
        return (used,), None
    if measured.problem.view is None or not measured.problem.affine_in:
        found = how_precise(measured) or compare_responses(measured)
        return ((found,) if found else ()), None
    responds = how_it_responds(measured)
    if responds and responds.id != NOT_LINEAR:
        return (responds,), None
    if precise := how_precise(measured):
        return (precise,), None
    reading = what_was_read(measured)
    if images := compare_images(measured):
        return (images,), reading
    linear = last_image_not_read(measured), compare_weights(measured), compare_added(measured)
    if reading.astray:
        elsewhere = [f for f in linear[2:] if f and f.id.startswith("added:elsewhere")]
        return (*elsewhere, reading.finding), reading
    if responds := responds or how_linear(measured):
        return (responds,), reading
    return tuple(finding for finding in linear if finding), reading


def _curve(measured: Measured) -> Finding | None:
    """Whether all answers are one known function of the right ones."""
    names = [name for name in CHANGES if name in measured.got]
    right, got = ([answers[name] for name in names] for answers in (measured.right, measured.got))
    axes = AXES if measured.problem.view else ()
    return find_curve(right, got, measured.rounding, measured.right[ZEROS], axes)
