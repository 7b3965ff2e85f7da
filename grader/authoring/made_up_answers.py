"""Answers without a computation: each must be refused, and rounding alone accepted. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..common.verdict import Verdict
from ..course.problem import Case, Problem
from ..grading.plan import Plan
from ..judging.compare import relative_tolerance
from ..judging.judge import judge
from ..judging.outcome import Answer
from .trial import MARGIN

NOISE = "the right answer with noise"


def complaints(plan: Plan) -> Iterator[str]:
    """What a run accepts that it must refuse, and what it refuses that it must accept.

    A made-up answer must fail in some case of the run, and noise of `MARGIN` times the tolerance in
    every case in which something but zeros is expected. Noise of a `MARGIN`-th of the tolerance
    must pass in every case.
    """
    rng = np.random.default_rng(0)
    problem = plan.entry.problem
    passed: dict[str, list[str]] = {}
    for case, expected in zip(plan.cases, plan.expected, strict=True):
        noise = _noise(case, problem, expected, rng)
        for name, values in _made_up(case, problem, expected, rng):
            if _accepted(problem, case, expected, values):
                passed.setdefault(name, []).append(case.group)
        if expected.any() and _accepted(problem, case, expected, expected + MARGIN * noise):
            passed.setdefault(NOISE, []).append(case.group)
        if not _accepted(problem, case, expected, expected + noise / MARGIN):
            yield f"Rounding is refused in group {case.group}: the tolerance is too small there."
    for name, groups in passed.items():
        if len(groups) == len(plan.cases):
            yield f"{name.capitalize()} would be accepted."
        elif name == NOISE:
            yield f"{name.capitalize()} would be accepted in group {groups[0]}."


def _accepted(
    problem: Problem, case: Case, expected: NDArray[np.float64], values: NDArray[np.floating]
) -> bool:
    flat = values.ravel() if values.size == expected.size else None
    answer = Answer(expected.shape, "float64", values.size, flat)
    return judge(problem, case, expected, answer).verdict is Verdict.ACCEPTED


def _made_up(
    case: Case, problem: Problem, expected: NDArray[np.float64], rng: np.random.Generator
) -> Iterator[tuple[str, NDArray[np.floating]]]:
    for name, value in (("zeros", 0), ("ones", 1), ("NaN", np.nan), ("infinities", np.inf)):
        yield f"an answer of {name}", np.full_like(expected, value)
    yield "an answer without a number", np.zeros(0)
    for name, argument in zip(problem.parameters, case.arguments, strict=True):
        if isinstance(argument, np.ndarray):
            yield f"the argument {name}", argument
    yield "the right numbers in another order", rng.permutation(expected.ravel())
    yield "the right answer without its sign", np.abs(expected)


def _noise(
    case: Case, problem: Problem, expected: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Noise as large as the tolerance, and a little more: the edge itself is not tested."""
    noise = rng.uniform(-1, 1, size=expected.shape)
    tolerance = relative_tolerance(case.terms, problem.tolerance_factor)
    largest = 1.001 * tolerance * np.max(np.abs(expected), initial=0.0)
    return np.asarray(largest * noise / np.max(np.abs(noise), initial=1e-300))
