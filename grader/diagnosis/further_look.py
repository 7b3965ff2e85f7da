"""Asks a function that is wrong for a few public cases more, which show how it is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..common.verdict import Verdict
from ..course.problem import Case, Problem
from ..judging.compare import any_numbers
from ..judging.judge import judge
from ..judging.outcome import Answer
from .finding import Finding
from .known_mistakes import Ask
from .pixels_read import Reading, same_answer, what_was_read

WIDTH = 88  # characters of a line of an example
UNSTEADY = Finding(
    "unsteady",
    "The same arguments gave two different answers. Look for random numbers that your code makes, "
    "for an array from `np.empty` that is not filled, and for a variable outside the function that "
    "keeps values of earlier calls.",
)
SMALL_ARE_RIGHT = Finding(
    "small-are-right",
    "On the smallest examples every number is right. Look for what is different in the wrong "
    "cases: other sizes, other values, or something kept from an earlier call.",
)


@dataclass(frozen=True)
class FurtherLook:
    """example: lines that show the smallest example with a wrong answer. reading: which pixels each
    token reads, if this is known. finding: the most helpful one, if there is any.
    """

    example: tuple[str, ...] = ()
    reading: Reading | None = None
    finding: Finding | None = None


@dataclass(frozen=True)
class Examples:
    """What may be shown to anyone.

    cases: small, the smallest first. expected: their right answers. probes: what shows which
    pixels are read (`grader.diagnosis.pixels_read`).
    """

    cases: Sequence[Case]
    expected: Sequence[NDArray[np.float64]]
    probes: Sequence[Case]


def look_further(problem: Problem, examples: Examples, ask: Ask) -> FurtherLook:
    """Asks for the examples up to the first that is wrong, then for the probes, and for the first
    of these once more.
    """
    example: tuple[str, ...] = ()
    right_so_far = 0
    for case, right in zip(examples.cases, examples.expected, strict=True):
        outcome = ask(case, right.size)
        if not isinstance(outcome, Answer):
            break
        if judge(problem, case, right, outcome).verdict is not Verdict.ACCEPTED:
            example = tuple(show_case(problem, case, right, outcome))
            break
        right_so_far += 1
    answers: list[Answer] = []
    for case in [*examples.probes, *examples.probes[:1]]:
        assert problem.view is not None
        view = problem.view(case)
        elements = view.images * (view.extra + view.rows * view.columns) * view.features
        outcome = ask(case, elements)
        if not isinstance(outcome, Answer):
            return FurtherLook(example)
        answers.append(outcome)
    if not answers:
        return FurtherLook(example)
    *first, again = answers
    if not same_answer(problem, first[0], again):
        return FurtherLook(example, finding=UNSTEADY)
    reading = what_was_read(problem, first)
    if reading is None:
        return FurtherLook(example)
    small_are_right = 0 < right_so_far == len(examples.cases)
    finding = SMALL_ARE_RIGHT if small_are_right and not reading.astray else reading.finding
    return FurtherLook(example, reading, finding)


@any_numbers
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
