"""A student's tests under pytest, one for each case. HANDED_IN: the student's folder."""

import os
from pathlib import Path

import checks
import pytest

FOLDER = Path(os.environ["HANDED_IN"])
CASES = [(p, n) for p in checks.ENTRY_POINTS for n in range(checks.SHAPES * checks.SEEDS)]
FUNCTIONS = {p: checks.load(FOLDER / f"{p}.py", p) for p in checks.ENTRY_POINTS}


@pytest.mark.parametrize(("problem", "number"), CASES)
def test_case(problem: str, number: int) -> None:
    checks.check_one(FUNCTIONS[problem], problem, number)
