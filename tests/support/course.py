"""The course, proven sandboxes and short plans, made once and when they are first needed."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from grader.common.errors import SandboxError
from grader.course.catalogue import Entry, load_course
from grader.course.draw import draw_cases
from grader.grading.plan import Plan
from grader.oracle.reference import Reference
from grader.report.report import Report
from grader.sandbox import Sandbox, choose_sandbox

ROOT = Path(__file__).resolve().parents[2]
PROBLEMS = ("patch_embed_cls", "vit_patch_embed")
SEED = 20
ELEMENTS = 50

Grade = Callable[..., Report]


@cache
def proven(name: str) -> Sandbox:
    """The sandbox of that name. Where CI lacks one that is a failure; elsewhere the test skips."""
    try:
        return choose_sandbox(name, [ROOT / "solutions"])
    except SandboxError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have both sandboxes: {error}")
        pytest.skip(str(error))


@cache
def entries() -> Mapping[str, Entry]:
    """The problems of this repository by their ids."""
    return load_course(ROOT).entries


def patch_embed_cls() -> Entry:
    return entries()["patch_embed_cls"]


def square() -> Plan:
    """One case of `patch_embed_cls`; its right answer has `ELEMENTS` numbers."""
    return short_plan("patch_embed_cls", "square")


@cache
def short_plan(problem_id: str, *groups: str) -> Plan:
    """The first case of each of some groups: enough for tests that aren't about numbers."""
    entry = entries()[problem_id]
    drawn = draw_cases(entry, SEED)
    cases = [next(case for case in drawn if case.group == group) for group in groups]
    return Plan(entry, cases, Reference().expected(entry, cases), SEED)


def limited(plan: Plan, **changes: float) -> Plan:
    """The plan with other limits."""
    limits = dataclasses.replace(plan.entry.problem.limits, **changes)
    problem = dataclasses.replace(plan.entry.problem, limits=limits)
    return dataclasses.replace(plan, entry=dataclasses.replace(plan.entry, problem=problem))


def package_files(package: Path) -> set[str]:
    """The files of a copy of the package, relative to it."""
    found = {path.relative_to(package) for path in package.rglob("*") if path.is_file()}
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}
