"""Where it fails: the property that all failing cases have and no passing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..course.problem import Case, Problem
from .finding import Finding

FEWEST = 2  # cases on either side; one alone differs from the others in every way

Sizes = Mapping[str, int]
# The id, what is so, what is so elsewhere, and the test. A test that names a size which a problem
# lacks is not made.
PROPERTIES: list[tuple[str, str, str, Callable[[Sizes], bool]]] = [
    ("H!=W", "H ≠ W", "H = W", lambda s: s["H"] != s["W"]),
    ("H>W", "H > W", "H ≤ W", lambda s: s["H"] > s["W"]),
    ("W>H", "W > H", "W ≤ H", lambda s: s["W"] > s["H"]),
    ("H=W", "H = W", "H ≠ W", lambda s: s["H"] == s["W"]),
    ("N>1", "there is more than one image (N > 1)", "N = 1", lambda s: s["N"] > 1),
    ("N=1", "there is one image (N = 1)", "N > 1", lambda s: s["N"] == 1),
    ("C>1", "C > 1", "C = 1", lambda s: s["C"] > 1),
    ("C!=3", "C ≠ 3", "C = 3", lambda s: s["C"] != 3),
    ("C>3", "C > 3", "C ≤ 3", lambda s: s["C"] > 3),
    ("p>1", "p > 1", "p = 1", lambda s: s["p"] > 1),
    (
        *("patches>1", "there is more than one patch", "there is one"),
        lambda s: s["H"] * s["W"] > s["p"] ** 2,
    ),
    ("rows>1", "there are several rows of patches", "there is one", lambda s: s["H"] > s["p"]),
    (
        *("columns>1", "there are several columns of patches", "there is one"),
        lambda s: s["W"] > s["p"],
    ),
    (
        *("d_model!=C*p*p", "d_model ≠ C·p²", "d_model = C·p²"),
        lambda s: s["d_model"] != s["C"] * s["p"] ** 2,
    ),
    *(
        (
            *(f"patches>{most}", f"there are more than {most} patches", "there are fewer"),
            lambda s, most=most: s["H"] * s["W"] > most * s["p"] ** 2,
        )
        for most in (10, 64, 128, 196, 256)
    ),
]


def sizes(problem: Problem, case: Case) -> dict[str, int]:
    """The sizes of a case by the letters of the statement, such as H, W, C and p."""
    found: dict[str, int] = {}
    for name, value in zip(problem.parameters, case.arguments, strict=True):
        if name in problem.axes:  # other numbers are no sizes, and may be NaN
            values = value.shape if isinstance(value, np.ndarray) else (int(value),)
            found.update(zip(problem.axes[name].split(), map(int, values), strict=False))
    found.pop("_", None)
    return found


def find_property(
    problem: Problem, passed: Sequence[Case], failed: Sequence[Case]
) -> Finding | None:
    """The first property that separates the cases, or None."""
    if min(len(passed), len(failed)) < FEWEST:
        return None
    right = [sizes(problem, case) for case in passed]
    wrong = [sizes(problem, case) for case in failed]
    for name, words, otherwise, holds in PROPERTIES:
        try:
            if all(map(holds, wrong)) and not any(map(holds, right)):
                sentence = f"It is wrong wherever {words}, and right wherever {otherwise}."
                return Finding(f"wrong-where:{name}", sentence)
        except KeyError:
            continue
    kinds = {case.arrays for case in failed}
    if len(kinds) == 1 and not kinds & {case.arrays for case in passed} and "jax" in kinds:
        return Finding(
            "wrong-where:jax-arrays",
            "It is wrong wherever the arrays are JAX arrays, and right wherever they are NumPy's.",
        )
    return None
