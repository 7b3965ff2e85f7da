"""The pages that students get back: what was found of their own work, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from markupsafe import Markup, escape
from support.synthetic import HOSTILE, synthetic_run

from grader.common.verdict import Verdict
from grader.diagnosis.diagnose import Diagnosis
from grader.diagnosis.finding import Finding
from grader.diagnosis.heat_map import HeatMap
from grader.judging.judgement import Kind
from grader.report.report import Report
from grader.report.run import Decided, Run
from grader.submissions.roster import Matching, Student, Unclear
from grader.writers.feedback import feedback_page, without_others
from grader.writers.pages import student_page
from grader.writers.public_text import WHAT_HAPPENED, what_happened

# Numbers, shapes and texts that only hidden cases have.
HIDDEN = ("31337", "27182", "66260", "16021", "SECRET")
MADE_UP = "HiddenError31337"  # a type that tells of a case
CODE = "import numpy as np\n\n\ndef f(x):\n    return x.nope"


def name(number: int) -> str:
    return f"Given{number}x Family{number}y"


@cache
def class_run() -> Run:
    """Every student has a name of their own, and each report all that must not be handed back."""
    run = synthetic_run(120)
    ids = {student.id: f"id{n}z" for n, student in enumerate(run.students)}
    students = tuple(
        Student(ids[student.id], name(n), f"id{n}z@example.edu")
        for n, student in enumerate(run.students)
    )
    reports = tuple(_with_secrets(report, ids[report.student]) for report in run.reports)
    other = students[-1]
    reports = (
        replace(reports[0], notes=(f"{other.id} and {other.name} are both X.", "A plain note.")),
        *reports[1:],
    )
    unclear = Unclear(students[5].id, run.problems[0].id, "conflict", f"{other.id} (SECRET.py)")
    decided = Decided(
        reports[2].student,
        reports[2].problem_id,
        3,
        17,
        ("Shown in office hours.", f"As for {other.name}."),
    )
    return replace(
        run,
        students=students,
        reports=reports,
        matching=Matching(unclear=(unclear,)),
        decided=(decided,),
    )


def heat_map(of: str, of_example: bool) -> HeatMap:
    return HeatMap(of, of_example, ("[CLS]",), np.full((1, 1), 31337.0), 1, 1, 1)


def _with_secrets(report: Report, student: str) -> Report:
    talk = "It raises HiddenError31337: SECRET on x (1, 27182, 8), seed=66260, got 1.6021e-16021."
    cases = tuple(
        replace(
            case,
            shapes=((1, 27182, 8),),
            message=talk if case.message else "",
            largest_error=31337.5 if case.largest_error is not None else None,
            where=(0, 66260) if case.where else None,
        )
        for case in report.cases
    )
    ran = any(case.verdict for case in cases)
    flood = report.verdict is Verdict.OUTPUT_LIMIT_EXCEEDED
    diagnosis = report.diagnosis
    if diagnosis != Diagnosis():
        factor = Finding("factor:31337", "In each wrong case, every number is 31337 times the …")
        heat = heat_map("a tall image (x (1, 27182, 8), seed=66260)", False)
        diagnosis = replace(diagnosis, heat=heat, what=diagnosis.what or (factor,))
    no_text = report.verdict in (Verdict.ACCEPTED, Verdict.JUDGE_ERROR) or flood or not ran
    return replace(
        report,
        student=student,
        submission=f"SECRET/{student}/{report.problem_id}.py",
        message=report.message if no_text or report.kind is Kind.NOT_STARTED else talk,
        case_note="The statement's shape is (27182,), yours is (1, 27182)."
        if report.verdict is Verdict.ACCEPTED
        else "",
        notes=(),
        cases=cases,
        output="SECRET 31337",
        detail="SECRET" if report.detail else "",
        raised=MADE_UP if report.raised == "TypeError" else report.raised,
        diagnosis=diagnosis,
        code=CODE,
        line=5 if report.verdict is Verdict.RUN_TIME_ERROR else None,
    )


def pages(page: Callable[[Run, int], Markup]) -> list[str]:
    """Without the style, which is the same in all."""
    return [
        re.sub(r"<style>.*?</style>", "", page(class_run(), n), flags=re.S)
        for n in range(1, len(class_run().students) + 1)
    ]


def others_named(all_pages: list[str]) -> Counter[int]:
    """How many other students each page names."""
    found: Counter[int] = Counter()
    for mine, page in enumerate(all_pages):
        for other in map(int, re.findall(r"(?:Given|Family|id)(\d+)[xyz]", page)):
            found[mine] += other != mine
    return +found


def hidden_in(all_pages: list[str]) -> Counter[str]:
    return +Counter({secret: sum(secret in page for page in all_pages) for secret in HIDDEN})


def test_no_page_names_another_student() -> None:
    assert not others_named(pages(feedback_page))
    assert len(others_named(pages(student_page))) == 120  # as it would with the other template


def test_no_page_holds_anything_of_a_hidden_case() -> None:
    assert not hidden_in(pages(feedback_page))
    found = hidden_in(pages(student_page))
    assert set(found) == set(HIDDEN)
    assert min(found.values()) > 5


def test_a_page_links_nowhere() -> None:
    for page in pages(feedback_page):
        assert "href" not in page
        assert "src=" not in page


def page_of(report: Report, run: Run | None = None) -> str:
    run = run or class_run()
    ids = [student.id for student in run.students]
    page = str(feedback_page(run, 1 + ids.index(report.student)))
    number = [problem.id for problem in run.problems].index(report.problem_id)
    return page.split("<section>")[1 + number]


def first(verdict: Verdict) -> Report:
    return next(report for report in class_run().reports if report.verdict is verdict)


def test_a_wrong_answer_is_explained() -> None:
    report = next(
        r
        for r in class_run().reports
        if r.diagnosis.reading and r.diagnosis.where and "factor:" not in r.diagnosis.what[0].id
    )
    section = page_of(report)
    for finding in report.diagnosis.findings:
        assert str(escape(finding.sentence)) in section
    assert str(escape("\n".join(report.diagnosis.example))) in section
    assert section.count("<svg") == 1  # which pixels were read
    assert "which pixels were read" in section
    for group in report.groups:
        assert f"{escape(group.purpose)}</th>" in section
    assert f"<b>{report.score} of {report.max_score}</b> points" in section


def test_a_map_of_the_example_is_shown() -> None:
    report = next(r for r in class_run().reports if r.diagnosis.heat and not r.diagnosis.reading)
    assert "<svg" not in page_of(report)
    diagnosis = replace(report.diagnosis, heat=heat_map("the input above", True))
    run = replace(class_run(), reports=(replace(report, diagnosis=diagnosis),))
    section = page_of(run.reports[0], run)
    assert "|yours - expected| on the input above: a row is a token" in section
    assert section.count("<svg") == 1
    assert "off by 3.134e+04" in section


def test_a_factor_is_told_without_its_number() -> None:
    """As the cause, and as what was measured beside it."""
    report = next(
        r for r in class_run().reports if r.diagnosis.what and "factor:" in r.diagnosis.what[0].id
    )
    assert (
        "<b>In each wrong case, your numbers, or a part of them, are the right ones times a"
        in page_of(report)
    )
    what = (Finding("known-00000001", "You divide by 255."), *report.diagnosis.what)
    report = replace(report, diagnosis=replace(report.diagnosis, what=what))
    section = page_of(report, replace(class_run(), reports=(report,)))
    assert "<b>You divide by 255.</b>" in section
    assert (
        "Measured: In each wrong case, your numbers, or a part of them, are the right ones times a"
        in section
    )
    assert "31337" not in section


def test_the_line_is_marked_in_the_code() -> None:
    section = page_of(first(Verdict.RUN_TIME_ERROR))
    assert "<p>It failed in line 5.</p>" in section
    assert "<mark>    return x.nope\n</mark></pre>" in section
    assert "<span>def f(x):\n</span>" in section
    assert "<mark>" not in page_of(first(Verdict.ACCEPTED))


def test_long_code_is_folded() -> None:
    report = replace(first(Verdict.RUN_TIME_ERROR), code=60 * "x = 1\n" + "y", line=50)
    run = replace(class_run(), reports=(report,))
    assert "<summary>61 lines; it failed in line 50</summary><pre" in " ".join(
        page_of(report, run).split("\n")
    ).replace("> <", "><")


def test_the_mark_and_who_decided_it() -> None:
    report = class_run().reports[2]
    section = page_of(report)
    assert f"<b>17 of {report.max_score}</b> points" in section
    assert "Decided by hand: 17 points, 3 before that." in section
    assert "<li>Shown in office hours.</li>" in section
    assert "<li>A plain note.</li>" in page_of(class_run().reports[0])


def test_when_it_was_handed_in() -> None:
    report = replace(
        class_run().reports[0], handed_in="2026-03-01 10:00 (Blackboard)", late="late by 2 h"
    )
    section = page_of(report, replace(class_run(), reports=(report,)))
    assert "<dd>2026-03-01 10:00 (Blackboard), late by 2 h</dd>" in section


def test_a_judge_error_and_a_conflict_are_no_ones_fault() -> None:
    section = page_of(first(Verdict.JUDGE_ERROR))
    assert "The grader failed, and not your code" in section
    assert "? of 20" in section
    conflict = feedback_page(class_run(), 6)
    assert "conflict" in conflict
    assert "Ask your instructor" in conflict


@pytest.mark.parametrize(
    ("kind", "raised", "words"),
    [
        (Kind.EXCEPTION, "ValueError", "It raises ValueError."),
        (Kind.EXCEPTION, MADE_UP, "It raises an exception."),
        (Kind.EXCEPTION, "__build_class__", "It raises an exception."),
        (Kind.EXCEPTION, "int", "It raises an exception."),
        (Kind.SYNTAX_ERROR, "", "It could not be run to its end."),  # claimed, after a case
    ],
)
def test_only_types_that_python_has_are_named(kind: Kind, raised: str, words: str) -> None:
    report = next(r for r in class_run().reports if r.kind is Kind.EXCEPTION and r.cases[0].verdict)
    assert what_happened(replace(report, kind=kind, raised=raised)) == words


def test_each_kind_has_words() -> None:
    before_any_case = {Kind.UNREADABLE, Kind.SYNTAX_ERROR, Kind.MISSING_FUNCTION}
    told = {Kind.ACCEPTED, Kind.OUTPUT_LIMIT, Kind.NOT_STARTED, Kind.NOT_MARKED}
    left = set(Kind) - set(WHAT_HAPPENED) - told - before_any_case
    assert left == {Kind.WRONG_SIGNATURE, Kind.GARBAGE}


def test_texts_that_name_others_are_left_out() -> None:
    run, me = class_run(), class_run().students[3]
    texts = ["id31z, Given4x Family4y", "xid4z and id4z2", "id4z", f"{me.id}: {me.name}"]
    assert without_others(texts, run, me) == ["xid4z and id4z2", f"{me.id}: {me.name}"]


def test_hostile_text_is_escaped() -> None:
    evil = "\n".join([*HOSTILE, "{{ 7 * 7 }} {% raw %}</pre><script>alert(1)</script>"])
    report = replace(
        first(Verdict.RUN_TIME_ERROR),
        code=evil,
        line=3,
        submission=evil.replace("/", ""),
        notes=(evil,),
        handed_in=evil,
        late=evil,
    )
    decided = Decided(report.student, report.problem_id, None, 1, (evil,))
    run = replace(class_run(), reports=(report,), decided=(decided,))
    section = page_of(report, run)
    assert not re.search(r"<(script|img|h1|svg onload)", section)
    assert "{{ 7 * 7 }} {% raw %}&lt;/pre&gt;&lt;script&gt;" in section
    assert section.count("</pre>") == 1
