"""Shows a failing case in full: lines to paste, the given answer, and the right one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem
from ..judging.outcome import Answer

WIDTH = 88  # characters of a line


def show_case(
    problem: Problem, case: Case, expected: NDArray[np.float64], answer: Answer
) -> list[str]:
    """Lines of text. The first ones can be pasted after `import numpy as np`."""
    lines, values = [], []
    for name, value in zip(problem.parameters, case.arguments, strict=True):
        if isinstance(value, np.ndarray):
            lines += _block(f"{name} = np.array(", value, f", np.{value.dtype})")
            values.append(name)
        else:
            values.append(repr(value))
    lines.append(f"{problem.entry_point}({', '.join(values)})")
    lines.append("")
    if answer.values is None:
        lines.append(f"yours:    {answer.elements} numbers, in shape {answer.shape}")
    else:
        got = answer.values.astype(np.float64).reshape(expected.shape)
        lines += _block("yours:    ", got)
    return [*lines, *_block("expected: ", expected)]


def _block(before: str, array: NDArray[np.generic], after: str = "") -> list[str]:
    text = np.array2string(
        array,
        precision=4,
        separator=", ",
        suppress_small=True,
        threshold=1000,
        max_line_width=WIDTH,
        floatmode="maxprec",
        prefix=before,
    )
    return [line for line in f"{before}{text}{after}".splitlines() if line]
