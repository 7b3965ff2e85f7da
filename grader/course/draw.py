"""Draws the cases of a run: the same seed gives the same cases, bit for bit."""

import hashlib
import secrets
from collections.abc import Sequence

import numpy as np

from ..common.errors import CourseError
from .catalogue import Entry
from .problem import Case


def fresh_seed() -> int:
    """A seed that no one can guess and every JSON reader keeps exactly."""
    return secrets.randbelow(2**53)


def tiny_cases(entry: Entry) -> list[Case]:
    """The cases of a problem that a person can read, the smallest first."""
    return list(entry.problem.tiny()) if entry.problem.tiny else []


def draw_cases(entry: Entry, seed: int) -> list[Case]:
    """All cases of one run of a problem.

    Raises CourseError if a case has a group that the problem doesn't declare, or a group has no
    case.
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
    """A hash of the inputs of all cases."""
    state = hashlib.sha256()
    for case in cases:
        state.update(f"{case.group} {case.arrays} {case.terms} {case.shapes}".encode())
        for argument in case.arguments:
            state.update(np.asarray(argument).tobytes())
    return state.hexdigest()
