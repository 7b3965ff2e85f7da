"""The property that failing cases have and no passing one, of any problem that names its sizes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.course import entries
from support.fuzzing import examples

from grader.course import Case, Group, Problem
from grader.diagnosis.sizes import sizes
from grader.diagnosis.where_it_fails import find_property

SUMS = Problem(
    title="The sum of each row",
    entry_point="sums",
    parameters=("table", "weight"),
    output="an array of shape (R,)",
    groups={"tables": Group("tables")},
    draw=lambda shapes, values: iter(()),
    axes={"table": "R S", "weight": "_"},
)


def table(rows: int, columns: int) -> Case:
    return Case("tables", (np.ones((rows, columns)), np.ones(7)), terms=columns)


def found(problem: Problem, passed: list[Case], failed: list[Case]) -> str:
    finding = find_property(problem, passed, failed)
    return finding.sentence if finding else ""


WIDE, TALL, SQUARE = table(2, 3), table(3, 2), table(3, 3)


@pytest.mark.parametrize(
    ("passed", "failed", "sentence"),
    [
        (SQUARE, TALL, "Every wrong case has R ≠ S. Every right case has R = S."),
        (WIDE, SQUARE, "Every wrong case has R = S. Every right case has R ≠ S."),
        (WIDE, TALL, "Every wrong case has R > S. Every right case has R ≤ S."),
        (table(1, 2), WIDE, "Every wrong case has R > 1. Every right case has R = 1."),
        (WIDE, table(1, 2), "Every wrong case has R = 1. Every right case has R > 1."),
        (WIDE, table(4, 5), ""),
        (table(0, 2), WIDE, ""),  # of no size is said that it is 1 if it is 0
    ],
)
def test_sizes_are_compared_with_each_other_and_with_1(
    passed: Case, failed: Case, sentence: str
) -> None:
    assert found(SUMS, [passed] * 2, [failed] * 2) == sentence


def test_an_author_says_which_properties_there_are_and_what_they_are_called() -> None:
    problem = replace(
        SUMS,
        derived_sizes=lambda size: {"cells": size["R"] * size["S"]},
        size_names={"cells": "number of cells", "R": "number of rows"},
        properties=("absent > 1", "cells > 6", "R != cells"),
    )
    assert sizes(problem, WIDE) == {"R": 2, "S": 3, "cells": 6}
    assert found(problem, [WIDE] * 2, [SQUARE] * 2) == (
        "Every wrong case has number of cells > 6. Every right case has number of cells ≤ 6."
    )
    assert found(problem, [table(2, 1)] * 2, [table(3, 2)] * 2) == (
        "Every wrong case has number of rows ≠ number of cells. "
        "Every right case has number of rows = number of cells."
    )


def test_of_a_problem_that_names_no_sizes_nothing_is_found() -> None:
    assert sizes(replace(SUMS, axes={}), WIDE) == {}
    assert found(replace(SUMS, axes={}), [SQUARE] * 2, [TALL] * 2) == ""


def test_what_is_no_property_is_refused_when_the_problem_is_made() -> None:
    with pytest.raises(ValueError, match="'H < W' is no property"):
        replace(SUMS, properties=("R > S", "H < W"))


@pytest.mark.parametrize("problem_id", entries())
def test_each_property_of_our_problems_is_of_sizes_that_its_cases_have(problem_id: str) -> None:
    problem = entries()[problem_id].problem
    assert problem.probe
    known = sizes(problem, problem.probe())
    for text in problem.properties:
        left, _, right = text.split()
        assert left in known
        assert right.isdigit() or right in known
    assert set(problem.size_names) <= set(known)


@given(
    passed=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=4),
    failed=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=4),
)
@examples(200)
def test_what_is_said_is_true_of_every_case(
    passed: list[tuple[int, int]], failed: list[tuple[int, int]]
) -> None:
    sentence = found(SUMS, [table(*at) for at in passed], [table(*at) for at in failed])
    truth = {"≠": "!=", "=": "==", "≤": "<="}
    for said, cases in zip(sentence.removesuffix(".").split(". "), (failed, passed), strict=False):
        if said:
            left, relation, right = said.split(" case has ")[1].split()
            claim = f"{left} {truth.get(relation, relation)} {right}"
            assert all(eval(claim, {"R": rows, "S": columns}) for rows, columns in cases), said
