"""What the tests share: the course, proven sandboxes, and short plans made once."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from grader.common.xla import set_xla_flags
from grader.course.catalogue import Course, load_course
from grader.course.draw import draw_cases
from grader.grading.grade_one import grade_submission
from grader.grading.plan import Plan
from grader.oracle.reference import Reference
from grader.report.report import Report
from grader.sandbox import Sandbox, SandboxError, choose_sandbox
from grader.submissions import Submission

ROOT = Path(__file__).resolve().parents[1]
PROBLEMS = ("patch_embed_cls", "vit_patch_embed")
SEED = 20

Grade = Callable[..., Report]

# A shell's background job ignores Ctrl-C, and so would the commands that the tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)
set_xla_flags()


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(ROOT)


@cache
def proven(name: str) -> Sandbox:
    """The sandbox of that name. Where CI lacks one that is a failure; elsewhere the test skips."""
    try:
        return choose_sandbox(name, [ROOT / "solutions"])
    except SandboxError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI must have both sandboxes: {error}")
        pytest.skip(str(error))


@pytest.fixture(params=["bubblewrap", "landlock"])
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each of the real sandboxes in turn."""
    return proven(request.param)


@pytest.fixture
def any_sandbox() -> Sandbox:
    """Some real sandbox, for what doesn't depend on which."""
    return proven("auto")


@cache
def short_plan(problem_id: str, *groups: str) -> Plan:
    """The first case of each of some groups: enough for tests that aren't about numbers."""
    entry = load_course(ROOT).get(problem_id)
    drawn = draw_cases(entry, SEED)
    cases = [next(case for case in drawn if case.group == group) for group in groups]
    return Plan(entry, cases, Reference().expected(entry, cases), SEED)


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
    ) -> Report:
        data = source.encode() if isinstance(source, str) else source
        path = tmp_path / f"{problem_id}{suffix}"
        path.write_bytes(data)
        submission = Submission("sam", path, problem_id)
        plan = plan or short_plan(problem_id, "square")
        report = grade_submission(plan, submission, sandbox)
        return grade_submission(plan, submission, sandbox) if report.disturbed else report

    return grade


# Nothing but the page: no first-run dialogs, nothing fetched in the background.
BROWSER = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium without a screen. Where CI lacks it that is a failure.

    For one module, because while it is there no other event loop can run in this thread.
    """
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium")
        pytest.skip("there is no Chromium here")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=found, args=[*BROWSER])
        yield chromium
        chromium.close()
