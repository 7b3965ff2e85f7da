"""What Gradescope takes as results."""

from __future__ import annotations

from typing import Any

import jsonschema

from grader.handout.gradescope.results import gradescope_results
from grader.report.report import Report
from grader.report.run import GradedProblem, Run
from grader.submissions.roster import Student

FORMAT = {"enum": ["text", "simple_format", "html", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
SCHEMA = {
    "type": "object",
    "properties": {
        "score": {"type": "number"},
        "execution_time": {"type": "number", "minimum": 0},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": FORMAT,
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": FORMAT,
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
    "anyOf": [{"required": ["score"]}, {"required": ["tests"]}],
}

Json = dict[str, Any]


def seen_at_once(results: Json) -> str:
    """All the text that a student sees before anything is published."""
    tests = [test for test in results["tests"] if test["visibility"] == "visible"]
    return "\n".join([results.get("output", ""), *(t["name"] + "\n" + t["output"] for t in tests)])


def results_of(report: Report) -> Json:
    """The results if this is all that was handed in."""
    problem = GradedProblem(report.problem_id, report.problem_id, report.max_score)
    student = Student(report.student)
    results = gradescope_results(Run(1, (problem,), (student,), (report,), ()), student, 1.0)
    jsonschema.validate(results, SCHEMA)
    return results
