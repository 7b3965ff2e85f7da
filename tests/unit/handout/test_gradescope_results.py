"""Results for Gradescope: marks that add up, and what a student sees at once and later."""

from __future__ import annotations

import dataclasses
import json

import jsonschema
from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples
from support.gradescope import SCHEMA, Json, seen_at_once
from support.synthetic import HOSTILE, synthetic_run

from grader.common.verdict import Verdict
from grader.handout.gradescope.results import FAILED, failed_results, gradescope_results
from grader.report.report import Report
from grader.report.run import Run


def results_of(run: Run, place: int) -> Json:
    results = gradescope_results(run, run.students[place], 61.6)
    jsonschema.validate(results, SCHEMA)
    json.dumps(results, allow_nan=False).encode()
    return results


def of(report: Report) -> Json:
    """The results where this is all that was handed in."""
    run = synthetic_run(120)
    student = dataclasses.replace(run.students[0], id=report.student)
    alone = dataclasses.replace(run, students=(student,), reports=(report,), not_understood=())
    return results_of(alone, 0)


@examples(15)
@given(st.integers(0, 30), st.integers(1, 60))
def test_marks_add_up(seed: int, students: int) -> None:
    run = synthetic_run(students, seed)
    for place, student in enumerate(run.students):
        results = results_of(run, place)
        reports = [run.report(student, problem) for problem in run.problems]
        scores = [report.score if report else 0 for report in reports]
        tests = results["tests"]
        if None in scores:
            assert "score" not in results
            assert not any("score" in test or "max_score" in test for test in tests)
            continue
        assert results["score"] == sum(scores) == sum(test.get("score", 0) for test in tests)
        assert sum(test.get("max_score", 0) for test in tests) == 40
        for problem, score in zip(run.problems, scores, strict=True):
            mine = [test for test in tests if test["name"].startswith(problem.id)]
            assert sum(test.get("score", 0) for test in mine) == score


def test_only_what_was_handed_in_is_judged_by_hidden_groups() -> None:
    seen = set()
    for place in range(len(synthetic_run(120).students)):
        for test in results_of(synthetic_run(120), place)["tests"]:
            if test["visibility"] == "visible":
                assert test.get("score", 0) == 0  # nobody sees points before they are published
                seen.add("score" in test)
            elif test["visibility"] == "hidden":
                assert "score" not in test  # such a test hides the total for good
    assert seen == {True, False}


def test_a_student_sees_the_finding_at_once_and_nothing_of_a_hidden_case() -> None:
    checked = 0
    for report in synthetic_run(120).reports:
        text = seen_at_once(of(report))
        if report.verdict is Verdict.JUDGE_ERROR:
            assert FAILED in text
            continue
        assert report.verdict.words in text
        hidden = {case.message for case in report.cases if case.message}
        if report.verdict is not Verdict.OUTPUT_LIMIT_EXCEEDED:
            assert not any(message in text for message in hidden)
            checked += bool(hidden)
        if report.verdict is Verdict.WRONG_ANSWER:
            assert "`grader check`" in text
    assert checked > 20


def test_a_group_says_why_it_failed_when_it_is_published() -> None:
    report = next(r for r in synthetic_run(120).reports if r.verdict is Verdict.RULE_VIOLATION)
    tests = [t for t in of(report)["tests"] if t["visibility"] == "after_published"]
    groups = [test for test in tests if "score" in test]
    assert len(groups) == 15
    assert all(test["status"] == "failed" and test["score"] == 0 for test in groups)
    assert any("all points are lost" in t["output"] for t in groups) or all(
        "Not run" in t["output"] or "convolution" in t["output"] for t in groups
    )


def test_hostile_text_is_shown_as_text() -> None:
    for text in HOSTILE:
        report = dataclasses.replace(
            next(r for r in synthetic_run(120).reports if r.verdict is Verdict.RUN_TIME_ERROR),
            message=text,
            notes=(text,),
        )
        results = of(report)
        formats = {key: value for key, value in results.items() if key.endswith("_format")}
        kinds = ("output_format", "test_output_format", "test_name_format")
        assert formats == dict.fromkeys(kinds, "text")
        assert all("output_format" not in test for test in results["tests"])
        shown = json.dumps(results, ensure_ascii=False)
        for forbidden in "\0\x0b\x1b\u202e\u200b\udc80":
            assert forbidden not in shown


def test_a_failure_has_no_marks_and_is_explained_to_both() -> None:
    results = failed_results("Traceback: \x1b[31m" + 20_000 * "x" + "the end")
    jsonschema.validate(results, SCHEMA)
    assert "score" not in json.dumps(results)
    assert FAILED in seen_at_once(results)
    assert "the end" not in seen_at_once(results)
    hidden = results["tests"][1]
    assert hidden["visibility"] == "hidden"
    assert hidden["output"].endswith("the end")
    assert len(hidden["output"]) <= 10_000
