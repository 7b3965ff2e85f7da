"""A run as JUnit XML, for systems that show test results: CI, Jenkins, GitHub Classroom.

A suite is a problem, a test is one group of one student's submission. Wrong is a failure; an error
is the grader's own, so that the two are never taken for each other; nothing handed in is a
skipped test.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ..common.files import write_whole
from ..common.text import visible
from ..common.verdict import Verdict
from ..report.run import GradedProblem, Run
from ..submissions.student import Student
from .groups import group_outcomes

COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def junit_xml(run: Run) -> str:
    """Only elements and attributes that Jenkins's schema has.

    That schema has no place for a score beside a test, so each suite has it as a property
    `<student>.score`; a judge error has none. Times are in seconds.
    """
    root = Element("testsuites", name="grader")
    root.extend(_suite(run, problem) for problem in run.problems)
    _count(root)
    del root.attrib["skipped"]  # the schema has it for one suite only
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def write_junit(path: Path, run: Run) -> None:
    """Raises OSError."""
    write_whole(path, junit_xml(run))


def _suite(run: Run, problem: GradedProblem) -> Element:
    suite = Element("testsuite", name=problem.id)
    properties = SubElement(suite, "properties")
    SubElement(properties, "property", name="seed", value=str(run.seed))
    for student in run.students:
        report = run.report(student, problem)
        score = report.score if report else 0
        if score is not None:
            # No character that XML forbids is left, since none of these is visible.
            name = f"{visible(student.id)}.score"
            SubElement(properties, "property", name=name, value=str(score))
        _add_tests(suite, run, student, problem)
    _count(suite)
    return suite


def _add_tests(suite: Element, run: Run, student: Student, problem: GradedProblem) -> None:
    report = run.report(student, problem)
    if report is None:
        SubElement(_test(suite, student, problem), "skipped", message="Nothing was handed in.")
    elif report.verdict is Verdict.JUDGE_ERROR:
        test = _test(suite, student, problem, report.seconds)
        error = SubElement(test, "error", type=report.verdict, message=visible(report.message))
        error.text = visible(report.detail, keep="\n")
    else:
        findings = "\n".join(finding.sentence for finding in report.diagnosis.findings)
        for outcome in group_outcomes(report):
            test = _test(suite, student, problem, outcome.seconds, outcome.group.name)
            if not outcome.right:
                message = visible(outcome.sentence)
                failure = SubElement(test, "failure", type=outcome.kind, message=message)
                failure.text = visible(findings, keep="\n")


def _test(
    suite: Element,
    student: Student,
    problem: GradedProblem,
    seconds: float = 0.0,
    group: str = "all",
) -> Element:
    name = f"{visible(student.id)}: {group}"
    return SubElement(suite, "testcase", classname=problem.id, name=name, time=f"{seconds:.3f}")


def _count(parent: Element) -> None:
    """The attributes of a suite, counted from the tests in it."""
    tests = list(parent.iter("testcase"))
    parent.set("tests", str(len(tests)))
    for attribute, kind in COUNTED.items():
        parent.set(attribute, str(sum(test.find(kind) is not None for test in tests)))
    parent.set("time", f"{sum(float(test.get('time', 0)) for test in tests):.3f}")
