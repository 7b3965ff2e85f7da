"""The class report on any screen, on paper, from the keyboard, without scripts, in any colours."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from support.class_pages import COLUMNS, CONTRAST, STUDENTS, first, student_file, watched
from support.synthetic import synthetic_run, with_all_that_happens

from grader.common.verdict import Verdict
from grader.report.run import Run
from grader.writers.class_report import write_class_report


@pytest.mark.parametrize(
    "width",
    [pytest.param(1200, marks=pytest.mark.sweep), pytest.param(375, marks=pytest.mark.sweep), 320],
)
def test_nothing_sticks_out(
    browser: Browser, folder: Path, run: Run, width: int, tmp_path: Path
) -> None:
    wrong = next(r for r in run.reports if r.diagnosis.reading and r.output)
    pages = [folder / "index.html", student_file(folder, run, wrong.student)]
    pages += [student_file(folder, run, run.students[n].id) for n in (7, 27, 167, 207)]
    write_class_report(with_all_that_happens(synthetic_run(40)), tmp_path)
    for path in (*pages, tmp_path / "index.html"):
        with watched(browser, path, viewport={"width": width, "height": 800}) as seen:
            seen.page.eval_on_selector_all("details", "all => all.forEach(d => (d.open = true))")
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width, path.name
            tables = seen.page.locator(".wide").evaluate_all(
                "all => all.filter(t => t.scrollWidth > t.clientWidth).map(t => t.textContent)"
            )
            assert not tables
            assert seen.page.evaluate(CUT_WORDS) == []


# The verdicts and problems that are cut within a word, and so take more than one line.
CUT_WORDS = """() => [...document.querySelectorAll("#slowest td > *")]
  .filter(part => part.tagName !== "A" && part.getClientRects().length > 1)
  .map(part => part.textContent)"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(browser: Browser, folder: Path, run: Run, scheme: str) -> None:
    wrong = next(r for r in run.reports if r.diagnosis.reading and r.output)
    papers = set()
    for path in (folder / "index.html", student_file(folder, run, wrong.student)):
        with watched(browser, path, color_scheme=scheme) as seen:
            low, tried = seen.page.evaluate(CONTRAST)
            assert low == []
            assert tried >= 5
            papers.add(seen.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert papers == {"rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 24, 29)"}


def test_on_paper_there_are_no_controls_and_no_dark_colours(
    browser: Browser, folder: Path, run: Run
) -> None:
    wrong = first(run, Verdict.WRONG_ANSWER)
    for path in (folder / "index.html", student_file(folder, run, wrong.student)):
        with watched(browser, path, color_scheme="dark") as seen:
            assert seen.page.locator("nav").first.is_visible()
            seen.page.emulate_media(media="print", color_scheme="dark")
            for controls in seen.page.locator("nav, .controls").all():
                assert not controls.is_visible()
            background = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert background == "rgb(255, 255, 255)"
            seen.page.set_viewport_size({"width": 680, "height": 900})  # A4 with its margins
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= 680
            assert seen.page.locator("h1").is_visible()


def test_all_can_be_read_without_javascript(browser: Browser, folder: Path, run: Run) -> None:
    with watched(browser, folder / "index.html", java_script_enabled=False) as seen:
        assert seen.page.locator("#students tbody tr").count() == STUDENTS
        assert not seen.page.locator(".controls").is_visible()
        assert seen.page.locator("#students button").count() == 0
        summary = seen.page.locator("summary").first
        summary.press("Enter")
        assert seen.page.locator("#mistakes pre").first.is_visible()
        seen.did_nothing_wrong()


def test_from_the_keyboard(index: Page) -> None:
    """Tab reaches the search, then each header, then the first student, and shows where it is."""
    index.get_by_label("Search").focus()
    reached = []
    for _ in range(2 + len(COLUMNS)):
        index.keyboard.press("Tab")
        tag, style = index.evaluate(
            "(a => [a.tagName, getComputedStyle(a).outlineStyle])(document.activeElement)"
        )
        assert style == "solid"
        reached.append(tag)
    assert reached == ["DIV", *len(COLUMNS) * ["BUTTON"], "A"]
    index.keyboard.press("Enter")
    index.wait_for_url("**/students/*.html")


def test_headings_and_headers(browser: Browser, folder: Path, run: Run) -> None:
    wrong = first(run, Verdict.WRONG_ANSWER)
    for path in (folder / "index.html", student_file(folder, run, wrong.student)):
        with watched(browser, path) as seen:
            levels = seen.page.eval_on_selector_all(
                "h1, h2, h3, h4, h5, h6", "all => all.map(h => Number(h.tagName[1]))"
            )
            assert levels.count(1) == 1
            assert levels[0] == 1
            assert all(after <= before + 1 for before, after in pairwise(levels))
            assert seen.page.locator("th").count() > 3
            assert seen.page.locator("th:not([scope])").count() == 0
            assert seen.page.locator("html[lang]").count() == 1


@pytest.mark.parametrize("students", [0, 1])
def test_hardly_a_class(browser: Browser, tmp_path: Path, students: int) -> None:
    """And names of people whose ids are as unlike letters as can be."""
    run = replace(synthetic_run(students), not_understood=())
    write_class_report(run, tmp_path / "new" / "folder")
    with watched(browser, tmp_path / "new" / "folder" / "index.html") as seen:
        assert seen.page.locator("#students tbody tr").count() == students
        seen.did_nothing_wrong()
