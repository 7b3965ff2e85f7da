"""Draws the cases of a run: the same seed gives the same cases, bit for bit."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

import numpy as np

from ..common.errors import CourseError
from .catalogue import Entry
from .problem import Case


def fresh_seed() -> int:
    """A seed that no one could have guessed, and that every JSON reader keeps exactly."""
    return secrets.randbelow(2**53)


def tiny_cases(entry: Entry) -> list[Case]:
    """The cases of a problem that can be read by eye, the smallest first."""
    return list(entry.problem.tiny()) if entry.problem.tiny else []


def draw_cases(entry: Entry, seed: int) -> list[Case]:
    """All cases of one run of a problem.

    Raises CourseError where the problem draws a case of a group that it doesn't declare, or
    leaves a group without a case.
    """
    name = list(entry.id.encode())
    shapes = np.random.default_rng([seed, 0, *name])
    values = np.random.default_rng([seed, 1, *name])
    cases = list(entry.problem.draw(shapes, values))
    drawn, declared = {case.group for case in cases}, set(entry.problem.groups)
    if drawn != declared:
        odd = ", ".join(sorted(drawn ^ declared))
        raise CourseError(f"{entry.id}: groups declared and groups drawn differ in: {odd}.")
    return cases


def digest(cases: Sequence[Case]) -> str:
    """Tells sets of inputs apart."""
    state = hashlib.sha256()
    for case in cases:
        state.update(f"{case.group} {case.arrays} {case.terms} {case.shapes}".encode())
        for argument in case.arguments:
            state.update(np.asarray(argument).tobytes())
    return state.hexdigest()
