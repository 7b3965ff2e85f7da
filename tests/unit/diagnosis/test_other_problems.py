"""A problem of another kind: what is said is true of any function, and nothing is of patches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from grader.course.problem import Case, Group, Problem
from grader.diagnosis.experiments import experiments
from grader.diagnosis.further_look import Examples, FurtherLook, look_further
from grader.judging.outcome import Answer, Outcome

Array = np.ndarray
Function = Callable[..., Array]


def tiny() -> Iterator[Case]:
    for rows, columns in ((1, 1), (1, 2), (3, 4)):
        x = np.random.default_rng(columns).normal(size=(rows, columns)).astype(np.float32)
        yield Case("rows", (x, np.float32([2.0])), terms=columns)


SOFTMAX = Problem(
    title="A softmax over rows, with a temperature",
    entry_point="softmax_rows",
    parameters=("x", "temperature"),
    output="an array of the shape of x",
    groups={"rows": Group("rows")},
    draw=lambda shapes, values: tiny(),
    tiny=tiny,
)


def softmax(x: Array, temperature: Array, axis: int | None = -1) -> Array:
    z = np.exp((x - x.max(axis=axis, keepdims=True)) / temperature[0])
    return z / z.sum(axis=axis, keepdims=True)


def look(function: Function, problem: Problem = SOFTMAX, right: Function = softmax) -> FurtherLook:
    def of(case: Case) -> Array:
        return right(*(np.asarray(a, np.float64) for a in case.arguments))

    def ask(case: Case, elements: int) -> Outcome:
        values = np.asarray(function(*(np.copy(a) for a in case.arguments)), np.float32)
        whole = values.ravel() if values.size == elements else None
        return Answer(values.shape, "float32", values.size, whole)

    cases, asked = [*tiny()], experiments(problem)
    answers = {name: of(case) for name, case in asked.items()}
    return look_further(problem, Examples(cases, [*map(of, cases)], asked, answers), ask)


calls: list[int] = []


def one_call_more(x: Array, t: Array) -> Array:
    calls.append(1)
    return softmax(x, t) + len(calls)


WRONG: dict[str, tuple[str, Function]] = {
    "the temperature": ("ignored:temperature", lambda x, t: softmax(x, np.ones(1))),
    "not normalized": ("any:plus 1:right-stays", lambda x, t: np.exp(x / t)),
    "each call": ("unsteady", one_call_more),
    "zeros": ("constant:0", lambda x, t: np.zeros_like(x)),
    "only the shape": ("constant:0.25", lambda x, t: np.full_like(x, 1 / x.shape[-1])),
    "twice": ("curve:softmax", lambda x, t: softmax(softmax(x, t), np.ones(1))),
    "scaled": ("any:doubled:mine-stays", lambda x, t: softmax(x / (np.ptp(x) + 1e-9), t)),
    "in float16": ("precision:1", lambda x, t: softmax(x.astype(np.float16), t.astype(np.float16))),
    "a logarithm": ("any:zeros-divide", lambda x, t: softmax(np.log(np.abs(x)), t)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_true_of_any_function_is_said(name: str) -> None:
    id, function = WRONG[name]
    with np.errstate(all="ignore"):
        findings = look(function).findings
    assert [finding.id for finding in findings if finding.id.startswith(id)], findings
    for finding in findings:
        assert not re.search("patch|pixel|token|image|batch|CLS", finding.sentence)


def test_of_a_wrong_axis_nothing_false_is_said() -> None:
    for axis in (0, None):
        assert look(lambda x, t, axis=axis: softmax(x, t, axis)).findings == ()


def test_a_problem_without_arrays_or_examples_has_no_experiments() -> None:
    numbers = Problem(
        title="Positions",
        entry_point="positions",
        parameters=("count", "features"),
        output="an array of shape (count, features)",
        groups={"one": Group("one")},
        draw=lambda shapes, values: iter(()),
        tiny=lambda: iter([Case("one", (3, 4), terms=1)]),
    )
    assert experiments(numbers) == {}
    wrong = Answer((), "float32", 1, np.float32([5.0]))
    right = Examples([*numbers.tiny()], [np.ones(1)], {}, {})  # type: ignore[misc]
    assert look_further(numbers, right, lambda *_: wrong).findings == ()
