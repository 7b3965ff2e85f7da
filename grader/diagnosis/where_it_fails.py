"""Finds the property that all failing cases have and no passing one."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence

import numpy as np

from ..course.problem import Case, Problem
from .finding import Finding

FEWEST = 2  # cases on either side; one alone differs from the others in every way

RELATIONS = {"!=": operator.ne, "=": operator.eq, ">": operator.gt}
# Properties, each with its opposite, in the order in which they are tried.
PROPERTIES = {
    "H != W": "H = W",
    "H > W": "H ≤ W",
    "W > H": "W ≤ H",
    "H = W": "H != W",
    "N > 1": "N = 1",
    "N = 1": "N > 1",
    "C > 1": "C = 1",
    "C != 3": "C = 3",
    "C > 3": "C ≤ 3",
    **{f"{size} > 1": f"{size} = 1" for size in ("p", "patches", "rows", "columns")},
    "d_model != C*p*p": "d_model = C*p*p",
    **{f"patches > {most}": f"patches ≤ {most}" for most in (10, 64, 128, 196, 256)},
}
WORDS = {
    "!=": "≠",
    "N": "number of images N",
    "patches": "number of patches",
    "rows": "number of rows of patches",
    "columns": "number of columns of patches",
    "p": "patch_size",
    "C*p*p": "C·patch_size²",
}


def sizes(problem: Problem, case: Case) -> dict[str, int]:
    """The sizes of a case by the letters of the statement, such as H, W, C and p."""
    found: dict[str, int] = {}
    for name, value in zip(problem.parameters, case.arguments, strict=True):
        if name in problem.axes:  # other numbers are not sizes, and may be NaN
            values = value.shape if isinstance(value, np.ndarray) else (int(value),)
            found.update(zip(problem.axes[name].split(), map(int, values), strict=False))
    found.pop("_", None)
    if found.keys() >= set("HWp"):
        found["rows"], found["columns"] = found["H"] // found["p"], found["W"] // found["p"]
        found["patches"] = found["rows"] * found["columns"]
    if found.keys() >= set("Cp"):
        found["C*p*p"] = found["C"] * found["p"] ** 2
    return found


def find_property(
    problem: Problem, passed: Sequence[Case], failed: Sequence[Case]
) -> Finding | None:
    """The first property that separates the cases, or None."""
    if min(len(passed), len(failed)) < FEWEST:
        return None
    right = [sizes(problem, case) for case in passed]
    wrong = [sizes(problem, case) for case in failed]
    for text, opposite in PROPERTIES.items():
        in_wrong = {_holds(text, case) for case in wrong}
        in_right = {_holds(text, case) for case in right}
        if in_wrong == {True} and in_right == {False}:
            return Finding(
                f"wrong-where:{text.replace(' ', '')}",
                f"Every wrong case has {_in_words(text)}. "
                f"Every right case has {_in_words(opposite)}.",
            )
    if all(case.arrays == "jax" for case in failed) and all(c.arrays != "jax" for c in passed):
        return Finding(
            "wrong-where:jax-arrays",
            "Every wrong case has JAX arrays as arguments. Every right case has NumPy arrays.",
        )
    return None


def _holds(text: str, known: Mapping[str, int]) -> bool | None:
    """Whether a case has a property; None if the problem lacks a size."""
    left, relation, right = text.split()
    one, other = (int(word) if word.isdigit() else known.get(word) for word in (left, right))
    return None if one is None or other is None else bool(RELATIONS[relation](one, other))


def _in_words(text: str) -> str:
    return " ".join(WORDS.get(word, word) for word in text.split())
