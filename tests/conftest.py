"""Fixtures that all tests share."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from support.course import ROOT, Grade, proven, short_plan
from support.small_course import copy_course

from grader.common.xla import set_xla_flags
from grader.course.catalogue import Course, load_course
from grader.grading.grade_one import grade_submission
from grader.grading.plan import Plan
from grader.report.report import Report
from grader.sandbox import Sandbox
from grader.submissions import Submission

# A shell's background job ignores Ctrl-C, and so would the commands that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
set_xla_flags()


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(ROOT)


@pytest.fixture(scope="session")
def small_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a course with three groups and two known mistakes of each problem."""
    return copy_course(tmp_path_factory.mktemp("small") / "course")


# What holds in one sandbox is tested in the other before it lands.
LATER = pytest.param("landlock", marks=[pytest.mark.sweep, pytest.mark.landlock])


@pytest.fixture(params=["bubblewrap", LATER])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each of the real sandboxes in turn."""
    return proven(request.param)


@pytest.fixture
def any_sandbox() -> Sandbox:
    """Some real sandbox, for what doesn't depend on which."""
    return proven("auto")


@pytest.fixture
def grade(any_sandbox: Sandbox, tmp_path: Path) -> Grade:
    """Grades a source text through the real worker and returns the report; once more, as a class
    run does, where what ran beside it may have decided: some kernels count the threads of all of a
    user's tests together.
    """

    def grade(
        source: str | bytes,
        problem_id: str = "patch_embed_cls",
        *,
        sandbox: Sandbox = any_sandbox,
        plan: Plan | None = None,
        suffix: str = ".py",
        modules: Mapping[str, str | bytes] = MappingProxyType({}),
    ) -> Report:
        data = source.encode() if isinstance(source, str) else source
        path = tmp_path / f"{problem_id}{suffix}"
        path.write_bytes(data)
        beside = []
        for name, text in modules.items():
            beside.append((name, tmp_path / "modules" / name))
            beside[-1][1].parent.mkdir(parents=True, exist_ok=True)
            beside[-1][1].write_bytes(text.encode() if isinstance(text, str) else text)
        submission = Submission("sam", path, problem_id, modules=tuple(beside))
        plan = plan or short_plan(problem_id, "square")
        report = grade_submission(plan, submission, sandbox)
        return grade_submission(plan, submission, sandbox) if report.disturbed else report

    return grade
