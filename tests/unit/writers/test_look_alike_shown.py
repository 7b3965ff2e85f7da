"""A name that may be read as another is shown as such, wherever an instructor reads it."""

from __future__ import annotations

import json

import pytest
from support.class_states import PROBLEM, received

from grader.report.class_state import ClassState
from grader.report.make_run import make_run
from grader.report.report_json import to_json
from grader.report.run import GradedProblem
from grader.submissions.roster import Student
from grader.writers.class_page import class_page
from grader.writers.feedback import feedback_page
from grader.writers.plan import print_plan
from grader.writers.terminal import Terminal, print_look_alike

FAKE = "Ad\u0430"  # with a Cyrillic letter
PROBLEMS = (GradedProblem(PROBLEM, "Patches", 0),)
SPELT = "Ad\\u0430"


def test_it_is_shown_on_the_terminal_the_class_page_and_in_the_report(
    capsys: pytest.CaptureFixture[str],
) -> None:
    items = [received("Ada", "1"), received(FAKE, "2"), received("Bo", "3")]
    run = make_run(ClassState(1, PROBLEMS).with_command(("class",), items, (), ()), {})
    assert set(run.look_alike) == {"Ada", FAKE}
    page = class_page(run)
    assert page.count("≈") >= 2
    assert SPELT in page
    print_look_alike(Terminal(), run.look_alike)
    assert capsys.readouterr().out.count(SPELT) >= 2, "a line about each"
    print_plan(Terminal(), [Student("Ada"), Student(FAKE)], PROBLEMS, (), ())
    assert SPELT in capsys.readouterr().out
    assert SPELT in json.loads(to_json(run))["look_alike"]["Ada"]
    pages = [feedback_page(run, number) for number in (1, 2, 3)]
    assert not any("looks like" in text or "≈" in text for text in pages), "it names another"


def test_nothing_is_said_of_other_names(capsys: pytest.CaptureFixture[str]) -> None:
    items = [received("Ada", "1"), received("Bo", "3")]
    run = make_run(ClassState(1, PROBLEMS).with_command(("class",), items, (), ()), {})
    assert "≈" not in class_page(run)
    print_look_alike(Terminal(), run.look_alike)
    assert capsys.readouterr().out == ""
