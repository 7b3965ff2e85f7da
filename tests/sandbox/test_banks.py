"""The banks: no file is lost, and each gets its verdict from a real worker.

`grader verify` tries all of them too, those that only compute in workers without walls. Known
mistakes come to real workers in `test_recording_mistakes.py`, which looks at their names as well.
"""

from __future__ import annotations

from functools import cache
from itertools import cycle
from pathlib import Path

import pytest
from support.course import PROBLEMS, ROOT, Grade, proven

from grader.course.catalogue import load_course
from grader.course.files import Files, bank
from grader.grading.plan import Plan, make_plan
from grader.oracle.compile_ahead import compile_ahead
from grader.oracle.program_cache import keep_compiled
from grader.oracle.reference import Reference

AT_LEAST = {
    "patch_embed_cls": {
        "accepted": 68,
        "wrong_answer": 163,
        "run_time_error": 24,
        "time_limit_exceeded": 3,
        "rule_violation": 21,
    },
    "vit_patch_embed": {
        "accepted": 70,
        "wrong_answer": 172,
        "run_time_error": 15,
        "time_limit_exceeded": 2,
    },
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each file of the banks with one of the sandboxes: they take turns."""
    if "path" not in metafunc.fixturenames:
        return
    paths = [
        path
        for problem_id in PROBLEMS
        for path in Files(ROOT, problem_id).banks
        if path.parent.name != "wrong_answer"
    ]
    names = [str(path.relative_to(ROOT / "solutions")) for path in paths]
    metafunc.parametrize(
        ("path", "name"), [*zip(paths, cycle(["bubblewrap", "landlock"]))], ids=names
    )


@cache
def full_plan(problem_id: str) -> Plan:
    keep_compiled()
    plan = make_plan(load_course(ROOT).get(problem_id), 47, Reference())
    compile_ahead([plan.entry], [plan.seed])
    return plan


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_no_file_of_a_bank_is_lost(problem_id: str) -> None:
    """So that no file is lost without notice."""
    files = Files(ROOT, problem_id)
    sizes = {folder: len(bank(files.solutions / folder)) for folder in AT_LEAST[problem_id]}
    assert {folder: min(size, AT_LEAST[problem_id][folder]) for folder, size in sizes.items()} == (
        AT_LEAST[problem_id]
    )


@pytest.mark.sweep
def test_every_file_gets_its_verdict_from_a_real_worker(
    path: Path, name: str, grade: Grade
) -> None:
    expected = path.parent.name
    problem_id = path.parents[1].name
    plan = full_plan(problem_id)
    report = grade(path.read_bytes(), problem_id, plan=plan, sandbox=proven(name))
    assert report.verdict.value == expected, report.message
    if expected == "accepted":
        assert report.score == report.max_score
