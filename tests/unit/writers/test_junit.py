"""JUnit XML: what Jenkins's schema allows, counts that are true, and marks that add up."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples
from support.synthetic import HOSTILE, synthetic_run

from grader.common.text import visible
from grader.common.verdict import Verdict
from grader.diagnosis.finding import Finding
from grader.report.report import Report
from grader.report.run import Run
from grader.writers.junit import junit_xml

COUNTS = {"tests", "failures", "errors", "skipped", "time"}

# For each element: attributes it must have, attributes it may have, children it may have, in the
# order that the schema asks for.
SCHEMA: dict[str, tuple[set[str], set[str], tuple[str, ...]]] = {
    "testsuites": (set(), {"name", "disabled", *COUNTS} - {"skipped"}, ("testsuite",)),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"time", "timestamp", "hostname", "skipped", "id", "package", "disabled", "group"},
        ("properties", "testcase", "system-out", "system-err"),
    ),
    "properties": (set(), set(), ("property",)),
    "property": ({"name", "value"}, set(), ()),
    "testcase": (
        {"name"},
        {"classname", "time", "status", "assertions", "class", "file", "line"},
        ("skipped", "error", "failure", "system-out", "system-err"),
    ),
    "failure": (set(), {"type", "message"}, ()),
    "error": (set(), {"type", "message"}, ()),
    "skipped": (set(), {"type", "message"}, ()),
}


def validate(element: Element) -> None:
    required, optional, children = SCHEMA[element.tag]
    assert required <= set(element.attrib) <= required | optional, element.attrib
    places = [children.index(child.tag) for child in element]
    assert places == sorted(places)
    if element.tag not in ("failure", "error"):
        assert not (element.text or "").strip()
    if element.tag == "testcase":
        assert len(element) <= 1
    if "tests" in element.attrib:
        cases = list(element.iter("testcase"))
        assert int(element.attrib["tests"]) == len(cases)
        for attribute, tag in (
            *(("failures", "failure"), ("errors", "error"), ("skipped", "skipped")),
        ):
            if attribute in element.attrib:
                assert int(element.attrib[attribute]) == len(list(element.iter(tag)))
        times = [Decimal(case.attrib["time"]) for case in cases]
        assert Decimal(element.attrib["time"]) == sum(times, Decimal(0))
        assert all(time >= 0 for time in times)
    for child in element:
        validate(child)


@examples(15)
@given(st.integers(0, 30), st.integers(1, 60))
def test_it_is_of_the_schema_and_its_scores_are_those_of_the_reports(seed: int, size: int) -> None:
    run = synthetic_run(size, seed)
    root = ElementTree.fromstring(junit_xml(run).encode())
    validate(root)
    assert [suite.get("name") for suite in root] == [problem.id for problem in run.problems]
    for suite, problem in zip(root, run.problems, strict=True):
        names = [(test.get("classname"), test.get("name")) for test in suite.iter("testcase")]
        assert len(set(names)) == len(names)
        scores = {p.get("name"): p.get("value") for p in suite.iter("property")}
        assert scores.pop("seed") == str(run.seed)
        for student in run.students:
            report = run.report(student, problem)
            score = report.score if report else 0
            shown = scores.pop(f"{visible(student.id)}.score", None)
            assert shown == (None if score is None else str(score))
            tests = results_of(suite, student.id)
            if report is not None and score is not None:
                right = {n for n, test in tests.items() if len(test) == 0}
                points = {group.name: group.max_points for group in report.groups}
                assert set(tests) == set(points)
                assert sum(points[name] for name in right) == score
        assert not scores


def results_of(suite: Element, student: str) -> dict[str, Element]:
    start = f"{visible(student)}: "
    return {
        name.removeprefix(start): test
        for test in suite.iter("testcase")
        if (name := test.attrib["name"]).startswith(start)
    }


def one(report: Report | None) -> Run:
    run = synthetic_run(1)
    student = run.students[0]
    if report is None:
        return dataclasses.replace(run, reports=())
    problems = tuple(problem for problem in run.problems if problem.id == report.problem_id)
    reports = (dataclasses.replace(report, student=student.id),)
    return dataclasses.replace(run, problems=problems, reports=reports)


def a(verdict: Verdict) -> Report:
    return next(report for report in synthetic_run(120).reports if report.verdict is verdict)


def test_wrong_broken_and_missing_are_told_apart() -> None:
    def kinds(report: Report | None) -> set[str]:
        root = ElementTree.fromstring(junit_xml(one(report)))
        return {child.tag for test in root.iter("testcase") for child in test}

    assert kinds(None) == {"skipped"}
    assert kinds(a(Verdict.JUDGE_ERROR)) == {"error"}
    assert kinds(a(Verdict.ACCEPTED)) == set()
    for verdict in Verdict:
        if verdict not in (Verdict.JUDGE_ERROR, Verdict.ACCEPTED):
            assert kinds(a(verdict)) == {"failure"}


def test_a_failure_says_what_is_wrong() -> None:
    report = a(Verdict.WRONG_ANSWER)
    root = ElementTree.fromstring(junit_xml(one(report)))
    failures = list(root.iter("failure"))
    assert {failure.get("type") for failure in failures} <= {*Verdict, "not_run"}
    said = {visible(case.message) for case in report.cases if case.message}
    assert said & {failure.get("message") for failure in failures}
    for failure in failures:
        assert failure.text == (
            visible("\n".join(f.sentence for f in report.diagnosis.findings), keep="\n") or None
        )


def test_what_xml_forbids_is_replaced() -> None:
    every = "".join(map(chr, [*range(0x20), 0x7F, 0x85, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]))
    for text in (*HOSTILE, every, "]]>", "&#0;"):
        for verdict in (Verdict.WRONG_ANSWER, Verdict.JUDGE_ERROR):
            found = dataclasses.replace(a(verdict).diagnosis, what=(Finding("one", text),))
            report = dataclasses.replace(a(verdict), message=text, detail=text, diagnosis=found)
            run = one(report)
            student = dataclasses.replace(run.students[0], id=text, name=text)
            run = dataclasses.replace(
                run,
                students=(student,),
                reports=(dataclasses.replace(report, student=text),),
            )
            root = ElementTree.fromstring(junit_xml(run).encode())
            validate(root)
            assert root.find(
                ".//error" if verdict is Verdict.JUDGE_ERROR else ".//failure"
            ) is not (None)
