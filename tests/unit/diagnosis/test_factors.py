"""Factors: a scaled right answer is named as what it is, and nothing else is called a multiple."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.course import PROBLEMS, entries
from support.fuzzing import examples

from grader.course import Case, Group, Problem
from grader.course.draw import draw_cases
from grader.diagnosis.factors import Failed, find_factor
from grader.diagnosis.finding import Finding
from grader.diagnosis.size_expressions import CONSTANTS, Measured, name_by_sizes, name_constant
from grader.diagnosis.sizes import sizes
from grader.oracle.reference import Reference

Array = NDArray[np.float64]
Sizes = dict[str, int]
CLS = "patch_embed_cls"


@cache
def answered(problem_id: str) -> list[tuple[Case, Array]]:
    """All cases but the largest, and the right answers that are not zeros."""
    entry = entries()[problem_id]
    cases = [case for case in draw_cases(entry, 5) if case.group != "vit_base"]
    pairs = zip(cases, Reference().expected(entry, cases), strict=True)
    return [(case, right) for case, right in pairs if right.any()]


def scaled(
    problem_id: str, factor: Callable[[Sizes], float], groups: tuple[str, ...] = ()
) -> Finding | None:
    """What is found if the answers of the groups (all, if there are none) have this factor."""
    problem = entries()[problem_id].problem
    failed = []
    for case, right in answered(problem_id):
        by = factor(sizes(problem, case))
        if by != 1 and (not groups or case.group in groups):
            failed.append((case, right, (by * right).astype(np.float32).astype(np.float64)))
    return find_factor(problem, failed)


def sentence(finding: Finding | None) -> str:
    assert finding
    return finding.sentence


@pytest.mark.parametrize("problem_id", PROBLEMS)
@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (lambda s: math.sqrt(s["d_model"]), "√d_model"),
        (lambda s: 1 / math.sqrt(s["d_model"]), "1/√d_model"),
        (lambda s: 1 / s["C"], "1/C"),
        (lambda s: 1 / s["p"] ** 2, "1/patch_size²"),
        (lambda s: 1 / (s["C"] * s["p"] ** 2), "1/(C·patch_size²)"),
        (lambda s: (s["H"] // s["p"]) * (s["W"] // s["p"]), "number of patches"),
        (lambda s: math.sqrt(s["C"] / s["d_model"]), "√(C/d_model)"),  # fan_out of a convolution
        (lambda s: math.sqrt(2 * s["C"] / (s["C"] + s["d_model"])), "√(2·C/(C + d_model))"),
        (
            lambda s: math.sqrt(2 * s["C"] * s["p"] ** 2 / (s["C"] * s["p"] ** 2 + s["d_model"])),
            "√(2·C·patch_size²/(C·patch_size² + d_model))",  # glorot_normal of a dense layer
        ),
        (lambda s: 0.02 * math.sqrt(s["C"]) * s["p"], "0.02 · √(C·patch_size²)"),
        (lambda s: math.sqrt(2), "√2 (1.41421)"),  # he_normal
        (lambda s: 0.8796256610342398, "0.879626 (the deviation of a standard normal "),
        (lambda s: 1 / 256, "1/256 (0.00390625)"),
        (lambda s: 0.3, "0.3"),
    ],
)
def test_a_factor_is_named(problem_id: str, factor: Callable[[Sizes], float], words: str) -> None:
    assert f"every number is {words}" in sentence(scaled(problem_id, factor))


def test_sizes_that_agree_in_all_failing_cases_are_both_named() -> None:
    problem = entries()["vit_patch_embed"].problem
    failed = []
    for case, right in answered("vit_patch_embed"):
        size = sizes(problem, case)
        if size["d_model"] == size["C*p*p"]:
            failed.append((case, right, right * size["d_model"]))
    assert "every number is d_model (or C·patch_size²) times" in sentence(
        find_factor(problem, failed)
    )


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_a_factor_without_a_name_is_said_of_two_cases(problem_id: str) -> None:
    found = sentence(scaled(problem_id, lambda s: 1 / (s["d_model"] + 3)))
    assert "is a multiple of the right one, but not always the same: " in found
    pairs = found.split("the same: ")[1].split(". Look")[0].split(", and ")
    for pair in pairs:
        said = re.fullmatch(r"(\S+) times for .*\bd_model = (\d+)", pair)
        assert said
        number, size = said.groups()
        assert float(number) == pytest.approx(1 / (int(size) + 3), rel=1e-5)


def test_what_depends_on_the_numbers_is_left_to_others() -> None:
    for problem_id in PROBLEMS:
        failed = [(c, right, right / np.abs(right).max()) for c, right in answered(problem_id)]
        assert find_factor(entries()[problem_id].problem, failed) is None


def part_scaled(
    factor: Callable[[Sizes], float], term: str = "", there: slice = slice(None)
) -> Finding | None:
    problem = entries()[CLS].problem
    failed = []
    for case, right in answered(CLS):
        by = factor(sizes(problem, case))
        added = np.zeros_like(right)
        if term:
            value = case.arguments[problem.parameters.index(term)]
            added += np.asarray(value, np.float64)
        got = right.copy()
        got[:, there] = (by * (right - added) + added)[:, there]
        got = got.astype(np.float32).astype(np.float64)
        if np.abs(got - right).max() > 1e-3 * np.abs(right).max():
            failed.append((case, right, got))
    return find_factor(problem, failed)


@pytest.mark.parametrize(
    ("term", "there", "words"),
    [
        ("", slice(1, None), "every number of the patches is {} times"),
        ("", slice(1), "every number of the first token is {} times"),
        ("pos_embed", slice(None), "every number, before `pos_embed` is added, is {} times"),
        (
            "pos_embed",
            slice(1, None),
            "every number of the patches, before `pos_embed` is added, is {} times",
        ),
        (
            "pos_embed",
            slice(1),
            "every number of the first token, before `pos_embed` is added, is {} times",
        ),
    ],
)
@pytest.mark.parametrize(
    ("factor", "name"),
    [
        (lambda s: math.sqrt(s["d_model"]), "√d_model"),
        (lambda s: 0.5, "0.5"),
        (lambda s: 1 / 255, "1/255 (0.00392157)"),
    ],
)
def test_the_part_that_has_the_factor_is_named(
    factor: Callable[[Sizes], float], name: str, term: str, there: slice, words: str
) -> None:
    found = sentence(part_scaled(factor, term, there))
    assert found.startswith(f"In each wrong case, {words.format(name)} the right one. Everything e")


def test_what_rounding_hides_is_no_multiple() -> None:
    problem = entries()[CLS].problem
    failed = []
    for case, right in answered(CLS):
        positions = np.asarray(case.arguments[3], np.float64)
        if positions.any():
            failed.append((case, right, positions + 1e-13 * (right - positions)))
    assert find_factor(problem, failed) is None


def measured(values: list[float], slack: float) -> Measured:
    return Measured(np.array(values), np.full(len(values), slack))


def test_a_number_that_may_be_two_constants_has_no_name() -> None:
    assert name_constant(measured([1 / 255], 1e-6), 1 / 255).words == "1/255 (0.00392157)"
    assert name_constant(measured([1 / 255], 1e-4), 1 / 255).words == "0.00392157"


def test_a_multiple_of_a_size_is_named_if_three_sizes_show_it() -> None:
    sizes_of = np.array([2.0, 5.0, 7.0])
    found = name_by_sizes(measured([0.6, 1.5, 2.1], 1e-6), {"K": sizes_of}, {})
    assert found
    assert found.words == "0.3 · K"
    assert name_by_sizes(measured([0.6, 1.5], 1e-6), {"K": sizes_of[:2]}, {}) is None


# --- any factor -----------------------------------------------------------------------------------


@pytest.mark.parametrize("problem_id", PROBLEMS)
@given(
    factor=st.floats(1e-4, 1e4).flatmap(lambda f: st.sampled_from([f, -f]))
    | st.sampled_from(sorted(CONSTANTS.values()))
)
@examples(30)
def test_any_constant_is_said_as_it_is(problem_id: str, factor: float) -> None:
    assume(abs(factor - 1) > 1e-3)
    found = scaled(problem_id, lambda s: factor, ("square", "tall", "one_row"))
    assert found
    assert float(found.id.removeprefix("factor:")) == pytest.approx(factor, rel=1e-5)
    names = [words for words in CONSTANTS if words in found.sentence.split("times")[0].split()]
    assert all(CONSTANTS[name] == pytest.approx(factor, rel=1e-5) for name in names)


FORMS: dict[str, Callable[[float], float]] = {
    "{}": lambda size: size,
    "1/{}": lambda size: 1 / size,
    "sqrt:{}": math.sqrt,
    "1/sqrt:{}": lambda size: 1 / math.sqrt(size),
    "{}^2": lambda size: size**2,
    "1/{}^2": lambda size: 1 / size**2,
}


@pytest.mark.parametrize("problem_id", PROBLEMS)
@given(data=st.data(), form=st.sampled_from(sorted(FORMS)))
@examples(40)
def test_any_expression_of_a_size_is_named(problem_id: str, data: st.DataObject, form: str) -> None:
    problem = entries()[problem_id].problem
    assert problem.probe
    size = data.draw(st.sampled_from(sorted(sizes(problem, problem.probe()))))
    found = scaled(problem_id, lambda s: FORMS[form](s[size]))
    assert found
    assert found.id == f"factor:{form.format(size)}"


@pytest.mark.parametrize("problem_id", PROBLEMS)
@given(seed=st.integers(0, 2**32), share=st.sampled_from([0.0, 0.01, 1.0]))
@examples(20)
def test_of_other_answers_nothing_is_said(problem_id: str, seed: int, share: float) -> None:
    """share: how much noise is added to twice the right answer."""
    noise = np.random.default_rng(seed).normal
    failed: Failed = [
        (
            case,
            right,
            (2 * right if share < 1 else 0) + share * np.abs(right).max() * noise(size=right.shape),
        )
        for case, right in answered(problem_id)
        if right.size > 1
    ]
    found = find_factor(entries()[problem_id].problem, failed)
    assert (found is None) == (share > 0)


# --- problems of other kinds ----------------------------------------------------------------------

SOFTMAX = Problem(
    title="Softmax of each row",
    entry_point="softmax",
    parameters=("scores",),
    output="an array of shape (R, K)",
    groups={"rows": Group("rows")},
    draw=lambda shapes, values: iter(()),
    axes={"scores": "R K"},
)


def softmax_failures(factor: Callable[[int, int], float]) -> Failed:
    random, failed = np.random.default_rng(1), []
    for rows, columns in ((2, 3), (4, 5), (3, 7), (1, 1)):
        scores = random.normal(size=(rows, columns))
        right = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        failed.append((Case("rows", (scores,), columns), right, factor(rows, columns) * right))
    return failed


def test_a_problem_without_a_view_has_factors_too() -> None:
    assert "every number is 2 times" in sentence(
        find_factor(SOFTMAX, softmax_failures(lambda *_: 2))
    )
    found = find_factor(SOFTMAX, softmax_failures(lambda _, columns: columns + 1e-12))
    assert "every number is K times" in sentence(found)
    zero = replace(SOFTMAX, derived_sizes=lambda size: {"L": size["R"] - 1})
    found = find_factor(zero, softmax_failures(lambda _, columns: columns + 1e-12))
    assert "every number is K times" in sentence(found)
    nameless = replace(SOFTMAX, axes={})
    assert find_factor(nameless, softmax_failures(lambda _, columns: columns)) is None


def test_one_number_is_no_multiple_of_another() -> None:
    (*_, single) = softmax_failures(lambda *_: 2)
    assert find_factor(SOFTMAX, [single] * 3) is None
    assert find_factor(SOFTMAX, []) is None
