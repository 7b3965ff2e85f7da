"""The banks: every right way is accepted, every known mistake gets the verdict of its folder.

Right and wrong answers are run here in this process, which costs one compilation for each shape
and not one for each file. What crashes, hangs or breaks a rule needs a real worker. The sweep
runs all of them through real workers, on all cases.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jax
import numpy as np
import pytest
from conftest import PROBLEMS, ROOT, Grade, proven, short_plan
from test_verdicts import limited

from grader.cases import draw_cases
from grader.catalogue import load_course
from grader.grade_class import make_plan
from grader.grade_one import Plan
from grader.judge import Judgement, judge
from grader.oracle import Reference
from grader.outcome import Answer
from grader.session import pack_case
from grader.verdict import Verdict
from grader.worker import frames
from grader.worker.__main__ import build_arguments
from grader.worker.source import read_python
from grader.worker.submission import call, load

# What a submission may change of JAX, for itself.
SETTINGS = (
    "jax_enable_x64",
    "jax_default_prng_impl",
    "jax_threefry_partitionable",
    "jax_default_matmul_precision",
)
BANK = sorted(
    path for problem_id in PROBLEMS for path in (ROOT / "solutions" / problem_id).glob("*/*.py")
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "solutions"))


def of(*folders: str) -> list[Path]:
    return [path for path in BANK if path.parent.name in folders]


@cache
def part_plan(problem_id: str, *groups: str) -> Plan:
    """The cases of some groups; without any, all but the largest.

    On that one a Python loop takes many seconds, and is right.
    """
    entry = load_course(ROOT).get(problem_id)
    wanted = set(groups) or set(entry.problem.groups) - {"vit_base"}
    cases = [case for case in draw_cases(entry, 31) if case.group in wanted]
    return Plan(entry, cases, Reference().expected(entry, cases))


@cache
def full_plan(problem_id: str) -> Plan:
    plan = make_plan(load_course(ROOT).get(problem_id), 47, Reference())
    assert isinstance(plan, Plan)
    return plan


@pytest.fixture
def untouched_jax() -> Iterator[None]:
    """Puts JAX's settings back: some of the bank's mistakes are to change them."""
    before = {name: getattr(jax.config, name) for name in SETTINGS}
    yield
    for setting, value in before.items():
        jax.config.update(setting, value)


def run_here(path: Path, plan: Plan) -> Iterator[Judgement]:
    """Judges a file case by case, with the worker's own code but without a worker."""
    problem = plan.entry.problem
    with warnings.catch_warnings(action="ignore"):
        function, _ = load(read_python(path.read_bytes()), problem.entry_point, problem.parameters)
        for case, expected in zip(plan.cases, plan.expected, strict=True):
            body = pack_case(case, expected.size)[frames.HEADER.size :]
            header, data = call(function, build_arguments(*frames.parse_message(body)))
            values = np.frombuffer(data, header.dtype) if header.size == expected.size else None
            answer = Answer(header.shape, header.source_dtype, header.size, values)
            yield judge(problem, case, expected, answer)


@pytest.mark.parametrize("path", of("accepted"), ids=name)
def test_every_right_way_is_accepted(path: Path, untouched_jax: None) -> None:
    few_shapes = ("square", "tall", "wide", "argument_types", "repeats")
    for judgement in run_here(path, part_plan(path.parents[1].name, *few_shapes)):
        assert judgement.verdict is Verdict.ACCEPTED, judgement


@pytest.mark.parametrize("path", of("wrong_answer"), ids=name)
def test_every_known_mistake_is_caught_with_room_to_spare(path: Path, untouched_jax: None) -> None:
    # By a factor of 4 beyond the bound in some case, or not even the right number of elements.
    assert any(
        j.verdict is Verdict.WRONG_ANSWER
        and (j.difference is None or j.difference.error > 4 * j.difference.bound)
        for j in run_here(path, part_plan(path.parents[1].name))
    )


@pytest.mark.parametrize(
    "path", of("run_time_error", "time_limit_exceeded", "rule_violation"), ids=name
)
def test_every_other_failure_gets_the_verdict_of_its_folder(path: Path, grade: Grade) -> None:
    problem_id = path.parents[1].name
    plan = limited(part_plan(problem_id, "square", "tall", "argument_types"), case_seconds=10)
    report = grade(path.read_bytes(), problem_id, plan=plan)
    assert report.verdict.value == path.parent.name, report.message


@pytest.mark.parametrize("path", BANK, ids=name)
def test_every_file_says_in_a_sentence_what_it_is(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_bytes()))
    assert docstring
    sentence = docstring.split("\n\n")[0]
    assert 15 < len(sentence) < 500
    assert sentence.rstrip().endswith((".", "!", "?", ")"))


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_the_banks_are_as_large_as_promised(problem_id: str) -> None:
    counts = {
        folder: len([p for p in of(folder) if p.parents[1].name == problem_id])
        for folder in ("accepted", "wrong_answer", "run_time_error", "time_limit_exceeded")
    }
    assert counts["accepted"] >= 30
    assert counts["wrong_answer"] >= 50
    assert counts["run_time_error"] >= 5
    assert counts["time_limit_exceeded"] >= 1


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_the_stub_is_not_started(problem_id: str, grade: Grade) -> None:
    stub = (ROOT / "problems" / problem_id / "stub.py").read_bytes()
    report = grade(stub, problem_id, plan=short_plan(problem_id, "square"))
    assert report.verdict is Verdict.RUN_TIME_ERROR
    assert report.message.startswith("Not started")


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
