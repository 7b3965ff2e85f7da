"""The `results.json` that Gradescope reads from an autograder, as its documentation has it.

Before the marks are published a student sees the verdict, which file was graded, how it loaded,
and what `grader check` would show too: nothing that was drawn for a hidden case, and no points.
What the student's code says after it got a case may hold that case, so it waits. The tests with
points are shown after publishing. Tests that are `hidden` are for instructors.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...common.files import write_whole
from ...common.text import quote, visible
from ...common.verdict import Verdict
from ...report.report import Report
from ...report.run import GradedProblem, Run
from ...submissions.roster import Student
from ...writers.groups import group_outcomes
from ...writers.public_text import public_diagnosis, public_message

LONGEST_OUTPUT = 10_000  # characters of one test
MOST_REMARKS = 10  # on files that were not graded

FAILED = (
    "The grader failed, and not your submission, which has not been marked. Tell your instructor: "
    "they see the reason on this page."
)
LATER = (
    "When the marks are published, you see here where it fails first. `grader check` shows you the "
    "same on practice cases, at once and in full."
)

Json = dict[str, Any]


def gradescope_results(run: Run, student: Student, seconds: float) -> Json:
    """The results of one student. seconds: what grading took.

    The points of the tests add up to the score. If one problem could not be marked (judge error),
    no points are shown at all: their sum would pass for the mark.
    """
    tests = [
        test
        for number, problem in enumerate(run.problems, 1)
        for test in _tests(number, problem, run.report(student, problem))
    ]
    results = _results("\n".join(_remarks(run)), tests)
    results["execution_time"] = round(seconds)
    score, incomplete = run.total(student)
    if not incomplete:
        return results | {"score": score}
    for test in tests:
        test.pop("score", None)
        test.pop("max_score", None)
    return results


def failed_results(detail: str) -> Json:
    """The results if nothing could be graded: no marks. detail: for the instructor."""
    return _results("", [_check("The grader failed", False, FAILED), _for_instructors(detail)])


def write_gradescope(path: Path, results: Json) -> None:
    """Raises OSError."""
    write_whole(path, json.dumps(results, indent=1, allow_nan=False) + "\n")


def _results(output: str, tests: list[Json]) -> Json:
    results: Json = {
        # Left out, Gradescope would read the text at the top as HTML.
        **dict.fromkeys(("output_format", "test_output_format", "test_name_format"), "text"),
        "stdout_visibility": "hidden",
        "tests": tests,
    }
    if output:
        results["output"] = output[:LONGEST_OUTPUT]
    return results


def _remarks(run: Run) -> Iterator[str]:
    """What was decided without being told, and what was not graded, and why."""
    for choice in run.choices:
        yield quote(choice, 300)
    rest = run.left_out
    for item in rest[:MOST_REMARKS]:
        yield f"Not graded: {quote(item.path.name)}: {quote(item.why, 300)}"
    if len(rest) > MOST_REMARKS:
        yield f"Not graded: {len(rest) - MOST_REMARKS:,} others."


def _tests(number: int, problem: GradedProblem, report: Report | None) -> Iterator[Json]:
    if report is None:
        test = _check(problem.id, False, "No file for this problem was found.")
        yield test | {"number": str(number), "score": 0, "max_score": problem.max_score}
        return
    title = f"{problem.id}: {report.verdict.words}"
    if report.verdict is Verdict.JUDGE_ERROR:
        yield _check(title, False, FAILED) | {"number": str(number)}
        yield _for_instructors(f"{report.message}\n{report.detail}")
        return
    accepted = report.verdict is Verdict.ACCEPTED
    yield _check(title, accepted, _shown_at_once(report)) | {"number": str(number)}
    for place, outcome in enumerate(group_outcomes(report), 1):
        yield {
            "name": f"{problem.id}: {outcome.group.purpose}",
            "number": f"{number}.{place}",
            "score": outcome.group.points,
            "max_score": outcome.group.max_points,
            "status": "passed" if outcome.right else "failed",
            "output": _shown(outcome.sentence),
            "visibility": "after_published",
        }
    if report.case_note:
        note = _check(f"{problem.id}: note", accepted, report.case_note)
        yield note | {"visibility": "after_published"}


def _shown_at_once(report: Report) -> str:
    """All that says nothing of a hidden case: the findings, a public example, some messages, and
    the notes on the files and on loading them.
    """
    diagnosis = public_diagnosis(report.diagnosis)
    parts = [*diagnosis.sentences]
    if diagnosis.example:
        parts.append("On the smallest input that shows it:\n" + "\n".join(diagnosis.example))
    parts.append(public_message(report) or LATER)
    parts.append("\n".join([f"Graded: {quote(report.submission, 300)}", *report.notes]))
    return "\n\n".join(parts)


def _for_instructors(detail: str) -> Json:
    test = _check("For the instructor: what to fix", False, detail[-LONGEST_OUTPUT:])
    return test | {"visibility": "hidden"}


def _check(name: str, passed: bool, output: str) -> Json:
    """A test without points, which Gradescope shows as passed or failed."""
    status = "passed" if passed else "failed"
    return {"name": name, "status": status, "output": _shown(output), "visibility": "visible"}


def _shown(text: str) -> str:
    shown = visible(text, keep="\n")
    return shown if len(shown) <= LONGEST_OUTPUT else f"{shown[: LONGEST_OUTPUT - 1]}…"
