"""Asks a function that is wrong for a few public cases more, which show how it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..common.verdict import Verdict
from ..course.problem import Case, Problem
from ..judging.compare import any_numbers
from ..judging.judge import judge
from ..judging.outcome import Answer
from .causes import find_causes
from .experiments import AS_IT_IS
from .finding import Finding
from .heat_map import HeatMap, heat_map
from .known_mistakes import Ask, ask_for_any_size
from .measured import Measured, by_tokens
from .pixels_read import Reading
from .tokens_found import WrongSize
from .wrong_size import explain_size, wrong_size

LARGE = 3  # examples that are looked at if the size is wrong
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
class ShownExample:
    """How the smallest example with a wrong answer is shown. lines: all of its numbers; none if
    there is no such example. heat: where its numbers are off, if a map shows something.
    """

    lines: tuple[str, ...] = ()
    heat: HeatMap | None = None


@dataclass(frozen=True)
class FurtherLook:
    """reading: which pixels each token reads, if this is known. findings: what was measured, the
    most helpful first; each is true whether the others are or not.
    """

    example: ShownExample = ShownExample()
    reading: Reading | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Examples:
    """What may be shown to anyone.

    cases: small, the smallest first. expected: their right answers. experiments: what is asked to
    measure what a function computes (`grader.diagnosis.experiments`), by name. right: their right
    answers by the same names, float64, in the statement's shape.
    """

    cases: Sequence[Case]
    expected: Sequence[NDArray[np.float64]]
    experiments: Mapping[str, Case]
    right: Mapping[str, NDArray[np.float64]]


def look_further(problem: Problem, examples: Examples, ask: Ask) -> FurtherLook:
    """Asks for the examples up to the first that is wrong, then for the experiments."""
    wrong, example = _first_wrong(problem, examples, ask)
    if wrong and (found := explain_size([*_sizes(problem, examples, wrong, ask)])):
        return FurtherLook(example, findings=(found,))
    measured = _measure(problem, examples, ask)
    if measured is None:
        return FurtherLook(example, findings=(UNSTEADY,))
    findings, reading = find_causes(measured)
    if not findings and measured.all_right:
        findings = (_others_are_right(measured) if wrong else SMALL_ARE_RIGHT,)
    elif not findings and reading:
        findings = (reading.finding,)
    return FurtherLook(example, reading, findings)


def _others_are_right(measured: Measured) -> Finding:
    """If an example is wrong and no experiment is."""
    shapes = " and ".join(map(str, map(tuple, measured.cases[AS_IT_IS].shapes)))
    return Finding(
        "others-are-right",
        f"For other small arguments, with arrays of shape {shapes}, all of your numbers are right. "
        "Compare their sizes and values with those of the example.",
    )


def _measure(problem: Problem, examples: Examples, ask: Ask) -> Measured | None:
    """The answers to the experiments, up to the first that has no numbers or others too many. None
    if the first experiment has another answer when it is asked again.
    """
    right = {
        name: by_tokens(problem, examples.experiments[name], answer)
        for name, answer in examples.right.items()
    }
    got: dict[str, NDArray[np.float64]] = {}
    measured = Measured(problem, examples.experiments, right, got)
    for name in [*right, *[*right][:1]]:
        outcome = ask(examples.experiments[name], right[name].size)
        if not isinstance(outcome, Answer) or outcome.values is None:
            break
        values = outcome.values.astype(np.float64).reshape(right[name].shape)
        if name == AS_IT_IS and name in got and not _equal(measured, got[name], values):
            return None
        got[name] = values
        if name == AS_IT_IS and len(got) == 1:
            again = ask(examples.experiments[name], values.size)
            if isinstance(again, Answer) and again.values is not None:
                second = again.values.astype(np.float64).reshape(values.shape)
                if not _equal(measured, values, second):
                    return None
    return measured


@any_numbers
def _equal(measured: Measured, one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Whether two answers to the same question are equal, also in what is not finite."""
    finite = np.isfinite(one)
    alike = np.array_equal(finite, np.isfinite(other))
    return alike and measured.same(np.where(finite, one, 0), np.where(finite, other, 0))


def _first_wrong(
    problem: Problem, examples: Examples, ask: Ask
) -> tuple[Case | None, ShownExample]:
    """The first example that is wrong, and how it is shown: by nothing if it gave no numbers."""
    for case, right in zip(examples.cases, examples.expected, strict=True):
        outcome = ask(case, right.size)
        if not isinstance(outcome, Answer):
            return case, ShownExample()
        if judge(problem, case, right, outcome).verdict is not Verdict.ACCEPTED:
            lines = tuple(show_case(problem, case, right, outcome))
            got, heat = outcome.values, None
            if got is not None:
                heat = heat_map(problem, case, right, got.astype(np.float64), of_example=True)
            return case, ShownExample(lines, heat)
    return None, ShownExample()


def _sizes(problem: Problem, examples: Examples, wrong: Case, ask: Ask) -> Iterator[WrongSize]:
    """Answers of a wrong size, with their numbers: to the example that was wrong, and to those with
    the most rows and columns, in which different parts have different sizes.
    """
    view = problem.view
    if view is None:
        return

    def most(case: Case) -> tuple[int, int]:
        seen = view(case)
        return min(seen.rows, seen.columns), seen.images

    large = sorted(examples.cases, key=most)[-LARGE:]
    for case, right in zip(examples.cases, examples.expected, strict=True):
        if case is wrong or any(case is other for other in large):
            _, again = ask_for_any_size(ask, case, right.size)
            if isinstance(again, Answer) and (values := again.values) is not None:
                yield wrong_size(problem, case, right, values)


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
