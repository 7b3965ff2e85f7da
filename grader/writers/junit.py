"""A run as JUnit XML, for systems that show test results: CI, Jenkins, GitHub Classroom.

A suite is a problem, a test is one group of one student's submission. A wrong group is a failure, a
judge error is an error. A test is skipped if nothing was handed in or could be read, or if two
submissions are in conflict.
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from ..common.text import SENTENCE, shorten, visible
from ..common.verdict import Verdict
from ..report.run import GradedProblem, Run
from ..submissions.roster import Student
from .groups import group_outcomes

COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def junit_xml(run: Run) -> str:
    """Only elements and attributes of Jenkins's schema. Times are in seconds.

    A test has no score in that schema, so each suite has a property `<student>.score`. A judge
    error has none. `<student>.late` says what is late, and `<student>.decided` what was decided by
    hand.
    """
    root = Element("testsuites", name="grader")
    root.extend(_suite(run, problem) for problem in run.problems)
    _count(root)
    del root.attrib["skipped"]  # the schema has it for one suite only
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _suite(run: Run, problem: GradedProblem) -> Element:
    suite = Element("testsuite", name=problem.id)
    properties = SubElement(suite, "properties")
    SubElement(properties, "property", name="seed", value=str(run.seed))
    for student in run.students:
        report = run.report(student, problem)
        facts = {
            "score": run.score(student, problem),
            "late": (report and report.late) or None,
            "decided": run.why_decided(student, problem) or None,
        }
        for what, value in facts.items():
            if value is not None:
                # `visible` leaves no character that XML forbids.
                name = f"{visible(student.id)}.{what}"
                SubElement(properties, "property", name=name, value=visible(str(value)))
        _add_tests(suite, run, student, problem)
    _count(suite)
    return suite


def _add_tests(suite: Element, run: Run, student: Student, problem: GradedProblem) -> None:
    def test(group: str = "all", seconds: float = 0.0) -> Element:
        name, time = f"{visible(student.id)}: {group}", f"{seconds:.3f}"
        return SubElement(suite, "testcase", classname=problem.id, name=name, time=time)

    report = run.report(student, problem)
    if report is None:
        unclear = run.unclear(student, problem)
        why = f"{unclear.words}: {unclear.why}" if unclear else "Nothing was handed in."
        SubElement(test(), "skipped", message=visible(why))
        return
    if report.verdict is Verdict.JUDGE_ERROR:
        message = visible(report.message)
        error = SubElement(test(), "error", type=report.verdict, message=message)
        error.text = visible(report.detail, keep="\n")
    findings = "\n".join(report.diagnosis.sentences)
    findings = shorten(findings, 2 * SENTENCE)  # it is said of each group
    for outcome in group_outcomes(report):
        element = test(outcome.group.name, outcome.seconds)
        if not outcome.right:
            kind, message = outcome.verdict or "not_run", visible(outcome.sentence)
            failure = SubElement(element, "failure", type=kind, message=message)
            failure.text = visible(findings, keep="\n")


def _count(parent: Element) -> None:
    """Sets the attributes of a suite from the tests in it."""
    tests = list(parent.iter("testcase"))
    parent.set("tests", str(len(tests)))
    for attribute, tag in COUNTED.items():
        parent.set(attribute, str(sum(test.find(tag) is not None for test in tests)))
    parent.set("time", f"{sum(float(test.get('time', 0)) for test in tests):.3f}")
