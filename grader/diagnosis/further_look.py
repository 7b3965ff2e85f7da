"""Asks a function that is wrong for a few public cases more, which show how it is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..common.verdict import Verdict
from ..course.problem import Case, Problem
from ..judging.compare import any_numbers
from ..judging.judge import judge
from ..judging.outcome import Answer
from .finding import Finding
from .heat_map import HeatMap, heat_map
from .known_mistakes import Ask, ask_for_any_size
from .pixels_read import Reading, expected_size, same_answer, what_was_read
from .response import NOT_LINEAR, ZEROS, changed_images, how_it_responds
from .wrong_size import WrongSize, explain_size, wrong_size

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
    """reading: which pixels each token reads, if this is known. finding: the most helpful one, if
    there is any.
    """

    example: ShownExample = ShownExample()
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
    right_so_far, wrong, example = _first_wrong(problem, examples, ask)
    if wrong and (found := explain_size([*_sizes(problem, examples, wrong, ask)])):
        return FurtherLook(example, finding=found)
    answers: list[Answer] = []
    for case in [*examples.probes, *examples.probes[:1]]:
        outcome = ask(case, expected_size(problem, case))
        if not isinstance(outcome, Answer) or outcome.values is None:
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
    finding = _responds(problem, ask) or reading.finding
    if finding.id == NOT_LINEAR and reading.astray:
        finding = reading.finding
    small_are_right = 0 < right_so_far == len(examples.cases)
    if small_are_right and finding == reading.finding and not reading.astray:
        finding = SMALL_ARE_RIGHT
    return FurtherLook(example, reading, finding)


def _responds(problem: Problem, ask: Ask) -> Finding | None:
    """How the answer responds to changes of the whole image, if it can be asked for."""
    answers = {}
    for name, case in changed_images(problem).items():
        outcome = ask(case, expected_size(problem, case))
        if not isinstance(outcome, Answer) or outcome.values is None:
            return None
        answers[name] = outcome.values.astype(np.float64)
        if name != ZEROS and not np.isfinite(answers[name]).all():
            return None
    return how_it_responds(problem, answers) if answers else None


def _first_wrong(
    problem: Problem, examples: Examples, ask: Ask
) -> tuple[int, Case | None, ShownExample]:
    """How many examples are right, the first that is wrong, and how it is shown. A case without
    lines ended the function.
    """
    for number, (case, right) in enumerate(zip(examples.cases, examples.expected, strict=True)):
        outcome = ask(case, right.size)
        if not isinstance(outcome, Answer):
            return number, case, ShownExample()
        if judge(problem, case, right, outcome).verdict is not Verdict.ACCEPTED:
            lines = tuple(show_case(problem, case, right, outcome))
            got, heat = outcome.values, None
            if got is not None:
                heat = heat_map(problem, case, right, got.astype(np.float64), of_example=True)
            return number, case, ShownExample(lines, heat)
    return len(examples.cases), None, ShownExample()


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
