"""The pages that students get back, and code beside its finding, in a real browser."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from support.class_pages import CONTRAST, first, student_file, watched
from support.synthetic import HOSTILE, synthetic_run

from grader.common.verdict import Verdict
from grader.report.run import Decided, Run
from grader.writers.class_report import write_class_report
from grader.writers.pages import name_of

PARTS = ("feedback", "students")
CODE = "\n".join(
    [
        *(text for text in HOSTILE if "\n" not in text),
        "</pre><script>alert(8)</script><pre>",
        "</mark></span><svg onload=alert(9)>",
        "{{ alert }} {% include 'x' %} {# no comment #}",
        "\tif x:  # a tab",
    ]
)


@pytest.fixture(scope="module")
def run() -> Run:
    """Everyone hands in hostile code; notes, file names and reasons are hostile too."""
    made = synthetic_run(40)
    reports = [
        replace(
            report,
            code=CODE if number % 2 else 3 * f"{CODE}\n",
            line=1 + number % CODE.count("\n"),
            submission=f"class/{HOSTILE[number % len(HOSTILE)].replace('/', '')}",
            notes=HOSTILE,
            handed_in=HOSTILE[0],
            late=HOSTILE[1],
        )
        for number, report in enumerate(made.reports)
    ]
    decided = [Decided(r.student, r.problem_id, None, 1, HOSTILE) for r in reports[::5]]
    return replace(made, reports=tuple(reports), decided=tuple(decided))


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("results")
    write_class_report(run, place)
    return place


@pytest.mark.sweep
def test_hostile_code_is_only_text(browser: Browser, folder: Path, run: Run) -> None:
    """Also if the page had no policy: escaping alone keeps it from running."""
    shown = 0
    for part in PARTS:
        for student in run.students[::5]:
            path = student_file(folder, run, student.id, part)
            bare = path.with_name("bare.html")
            bare.write_text(re.sub("<meta http-equiv.*>", "", path.read_text("utf-8")), "utf-8")
            with watched(browser, bare) as seen:
                page = seen.page
                page.eval_on_selector_all("details", "all => all.forEach(d => { d.open = true })")
                assert page.locator("h1").text_content() == name_of(student)
                assert page.locator("script, img, iframe, [onload], [onerror]").count() == 0
                for text in page.locator("pre.code").all_inner_texts():
                    assert "</pre><script>alert(8)</script><pre>" in text
                    assert "{{ alert }} {% include 'x' %} {# no comment #}" in text
                    shown += 1
                assert page.locator("pre.code mark").count() == page.locator("pre.code").count()
                seen.did_nothing_wrong()
            bare.unlink()
    some = {student.id for student in run.students[::5]}
    assert shown == 2 * sum(report.student in some for report in run.reports)


def test_the_code_is_numbered_and_the_line_marked(browser: Browser, folder: Path, run: Run) -> None:
    report = next(r for number, r in enumerate(run.reports) if number % 2)
    for part in PARTS:
        with watched(browser, student_file(folder, run, report.student, part)) as seen:
            number = [problem.id for problem in run.problems].index(report.problem_id)
            code = seen.page.locator("section").nth(number).locator("pre.code")
            assert code.evaluate("pre => pre.innerText").count("\n") >= CODE.count("\n")
            lines = code.locator("> *")
            assert lines.count() == CODE.count("\n") + 1
            assert report.line is not None
            there = lines.nth(report.line - 1)
            assert there.evaluate("line => line.tagName") == "MARK"
            sign = there.evaluate("line => getComputedStyle(line, '::before').content")
            assert "→" in sign  # not by colour alone
            heights = lines.evaluate_all("all => all.map(x => x.getBoundingClientRect().height)")
            assert len(set(map(round, heights))) == 1
            seen.did_nothing_wrong()


@pytest.mark.parametrize("width", [1200, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_any_screen(
    browser: Browser, folder: Path, run: Run, width: int, scheme: str
) -> None:
    for verdict in (Verdict.WRONG_ANSWER, Verdict.RUN_TIME_ERROR, Verdict.JUDGE_ERROR):
        path = student_file(folder, run, first(run, verdict).student, "feedback")
        size = {"width": width, "height": 800}
        with watched(browser, path, viewport=size, color_scheme=scheme) as seen:
            seen.page.eval_on_selector_all("details", "all => all.forEach(d => { d.open = true })")
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
            low, _ = seen.page.evaluate(CONTRAST)
            assert low == []
            seen.did_nothing_wrong()


def test_on_paper_all_code_is_there(browser: Browser, folder: Path, run: Run) -> None:
    path = student_file(folder, run, first(run, Verdict.WRONG_ANSWER).student, "feedback")
    with watched(browser, path, color_scheme="dark") as seen:
        seen.page.emulate_media(media="print", color_scheme="dark")
        assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") in (
            "rgb(255, 255, 255)",
            "rgba(0, 0, 0, 0)",
        )
        for pre in seen.page.locator("pre.code").all():  # folded or not
            assert pre.evaluate("pre => pre.checkVisibility({contentVisibilityAuto: true})")
            assert pre.evaluate("pre => pre.scrollWidth <= pre.clientWidth")
        assert seen.page.locator("details:not([open]) > pre.code").count()
