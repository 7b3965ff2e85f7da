"""The banks: large enough, and files get their verdict from a real worker as well.

`grader verify`, which `make test` runs before the tests, tries all of them, those that only compute
in workers without walls. Here, every third of the mistakes (each costs a worker, all cases and a
diagnosis) and all others come to a confined one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from support.course import PROBLEMS, ROOT, Grade, proven

from grader.course.catalogue import load_course
from grader.course.files import Files
from grader.grading.plan import Plan, make_plan
from grader.oracle.compile_ahead import compile_ahead
from grader.oracle.program_cache import keep_compiled
from grader.oracle.reference import Reference

BANK = [
    path
    for problem_id in PROBLEMS
    for number, path in enumerate(Files(ROOT, problem_id).banks)
    if path.parent.name != "wrong_answer" or number % 3 == 0
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "solutions"))


@cache
def full_plan(problem_id: str) -> Plan:
    keep_compiled()
    plan = make_plan(load_course(ROOT).get(problem_id), 47, Reference())
    compile_ahead([plan.entry], [plan.seed])
    return plan


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_the_banks_are_as_large_as_promised(problem_id: str) -> None:
    files = Files(ROOT, problem_id)
    assert len(files.bank("accepted")) >= 30
    assert len(files.bank("wrong_answer")) >= 50
    assert len(files.bank("run_time_error")) >= 5
    assert len(files.bank("time_limit_exceeded")) >= 1


@pytest.mark.sweep
@pytest.mark.parametrize("path", BANK, ids=name)
def test_every_file_gets_its_verdict_from_a_real_worker(path: Path, grade: Grade) -> None:
    expected = path.parent.name
    sandbox = proven(("bubblewrap", "landlock")[BANK.index(path) % 2])
    problem_id = path.parents[1].name
    report = grade(path.read_bytes(), problem_id, plan=full_plan(problem_id), sandbox=sandbox)
    assert report.verdict.value == expected, report.message
    if expected == "accepted":
        assert report.score == report.max_score
