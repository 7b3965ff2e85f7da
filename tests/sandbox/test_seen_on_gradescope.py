"""What a student reads on Gradescope at once: why it failed, and nothing of a hidden case."""

from __future__ import annotations

import json

import pytest
from support.course import Grade, entries
from support.gradescope import results_of, seen_at_once
from support.sources import CALL, RIGHT, notebook

from grader.common.verdict import Verdict


def test_not_started_is_said_at_once(grade: Grade) -> None:
    template = (entries()["patch_embed_cls"].folder / "stub.py").read_text()
    assert "Not started: `patch_embed_cls`" in seen_at_once(results_of(grade(template)))


def test_a_missing_function_is_said_at_once(grade: Grade) -> None:
    seen = seen_at_once(results_of(grade(RIGHT.replace("def patch_embed_cls", "def patch_embed"))))
    assert "no function called `patch_embed_cls`, but there is `patch_embed`" in seen
    assert "Graded: " in seen
    assert "patch_embed_cls.py" in seen


def test_the_first_cause_of_a_failed_import_is_said_at_once(grade: Grade) -> None:
    cells = notebook("import not_there as nt", CALL + "return nt.cut(x)")
    report = grade(cells, suffix=".ipynb")
    assert report.verdict is Verdict.RUN_TIME_ERROR
    seen = seen_at_once(results_of(report))
    assert "No module named 'not_there'" in seen
    assert report.message not in seen  # a worker sends it after it got a case


def test_what_was_skipped_is_said_of_an_accepted_file_too(grade: Grade) -> None:
    report = grade(notebook("1 / 0", RIGHT), suffix=".ipynb")
    assert report.verdict is Verdict.ACCEPTED
    assert "ZeroDivisionError" in seen_at_once(results_of(report))


@pytest.mark.parametrize(
    "body",
    [
        "raise ValueError(f'SECRET {x.shape} {x.sum()}')",
        "raise NotImplementedError(f'SECRET {x.shape}')",
        "print('SECRET', x.shape, flush=True); 1 / 0",
        "raise type('SECRET', (Exception,), {})()",
        "import sys; sys.exit(f'SECRET {x.shape}')",
        "class SECRET: pass\n    return SECRET()",
    ],
)
def test_what_the_code_says_about_a_case_waits(body: str, grade: Grade) -> None:
    report = grade(CALL + body)
    assert any(case.verdict for case in report.cases)
    assert "SECRET" not in seen_at_once(results_of(report))


def test_it_is_said_when_the_marks_are_published(grade: Grade) -> None:
    results = results_of(grade(CALL + "raise ValueError(f'SECRET {x.shape}')"))
    later = [test for test in results["tests"] if test["visibility"] == "after_published"]
    assert "SECRET (1, " in json.dumps(later)


def test_the_shape_of_a_hidden_case_waits(grade: Grade) -> None:
    flat = RIGHT.replace("+ pos_embed", "+ pos_embed).ravel()").replace("return ", "return (")
    report = grade(flat)
    assert "The statement's shape is" in report.case_note
    results = results_of(report)
    assert "The statement's shape is" not in seen_at_once(results)
    assert "The statement's shape is" in json.dumps(results)
