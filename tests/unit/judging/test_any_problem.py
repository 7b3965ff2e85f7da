"""Problems of any kind: whatever the arguments are, a wrong answer gets its message."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.common.verdict import Verdict
from grader.course.problem import Argument, Case, Group, Problem
from grader.diagnosis.diagnose import diagnose
from grader.diagnosis.further_look import FurtherLook, ShownExample, show_case
from grader.judging.judge import judge
from grader.judging.outcome import Answer
from grader.judging.sentences import describe_case
from grader.oracle.practice import digest
from grader.report.report import case_report

SIX = np.arange(6, dtype=np.float32)


@pytest.mark.parametrize(
    ("arguments", "described"),
    [
        ((3, np.int64(4), 0.5), "sums (a=3, b=4, c=0.5)"),
        ((float("nan"), float("inf"), 1), "sums (a=nan, b=inf, c=1)"),
        ((np.array(2.0), 1, 1), "sums (a (), b=1, c=1)"),
        ((SIX, SIX.reshape(2, 3), 1), "sums (a (6,), c=1)"),
        ((), "sums"),
    ],
)
def test_any_kind_of_argument_can_be_described(
    arguments: tuple[Argument, ...], described: str
) -> None:
    """Whatever a problem's cases are made of, a wrong answer gets its message and its diagnosis."""
    problem = Problem(
        title="Sum",
        entry_point="add",
        parameters=("a", "b", "c")[: len(arguments)],
        output="the sum",
        groups={"sums": Group("sums")},
        draw=lambda shapes, values: iter(()),
    )
    case = Case("sums", arguments, terms=1)
    expected: NDArray[np.float64] = np.array(7.0)
    wrong = Answer((), "float64", 1, np.array([8.0]))
    assert describe_case(problem, case) == described
    judged = judge(problem, case, expected, wrong)
    assert judged.verdict is Verdict.WRONG_ANSWER
    assert described in judged.message
    lines = show_case(problem, case, expected, wrong)
    assert lines[-2:] == ["yours:    8.", "expected: 7."]
    cases = [case, case]
    found = diagnose(
        problem,
        cases,
        [expected] * 2,
        [wrong] * 2,
        [judged] * 2,
        FurtherLook(ShownExample(tuple(lines))),
    )
    assert "times the right one" not in "".join(
        finding.sentence for finding in found.what
    )  # nothing says how it is made up
    right = Answer((), "float64", 1, np.array([7.0]))
    accepted = judge(problem, case, expected, right)
    diagnose(
        problem,
        cases * 2,
        [expected] * 4,
        [wrong, wrong, right, right],
        [judged, judged, accepted, accepted],
        FurtherLook(),
    )
    assert case_report(case, judged).message == judged.message
    assert digest([case]) == digest([case])
