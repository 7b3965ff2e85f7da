"""The class report of 500 made-up students, looked at in a real browser, straight from disk."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup, escape
from playwright.sync_api import Browser, Page, Request
from support.course import ROOT
from support.synthetic import HOSTILE, IDS, synthetic_run

from grader.common.text import quote, visible
from grader.common.verdict import Verdict
from grader.report.report import Report
from grader.report.run import Run
from grader.submissions.student import Student
from grader.writers import class_report
from grader.writers.class_report import write_class_report
from grader.writers.common_mistakes import mistake_of
from grader.writers.html import environment, render
from grader.writers.pages import name_of, page_name, page_names, total_text

STUDENTS = 500
COLUMNS = ("Name", "Id", "E-mail", "vit_patch_embed", "of 20", "patch_embed_cls", "of 20", "Total")
NUMERIC = (4, 6, 7)
HOSTILE_PLACES = range(7, STUDENTS, 10)  # as `synthetic_run` says


@dataclass
class Watched:
    """A page, and all that it did which it should not."""

    page: Page
    wrongs: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def did_nothing_wrong(self) -> None:
        """No dialog, no error, not a word in the console, and only files were asked for."""
        assert self.wrongs == []
        assert [r.url for r in self.requests if not r.url.startswith("file:")] == []


@contextmanager
def watched(browser: Browser, path: Path, **options: object) -> Iterator[Watched]:
    opened = browser.new_page(**{"viewport": {"width": 1200, "height": 900}, **options})
    found = Watched(opened)

    def dialog(box: object) -> None:
        found.wrongs.append("a dialog")
        box.dismiss()  # type: ignore[attr-defined]

    opened.on("dialog", dialog)
    opened.on("pageerror", lambda error: found.wrongs.append(f"an error: {error}"))
    opened.on("console", lambda message: found.wrongs.append(f"in the console: {message.text}"))
    opened.on("request", lambda request: found.requests.append(request))
    opened.goto(path.as_uri())
    try:
        yield found
    finally:
        opened.close()


@pytest.fixture(scope="module")
def run() -> Run:
    return synthetic_run(STUDENTS)


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("results")
    write_class_report(run, place)
    return place


@pytest.fixture
def index(browser: Browser, folder: Path) -> Iterator[Page]:
    """index.html; whatever a test does with it, it does nothing that it should not."""
    with watched(browser, folder / "index.html") as seen:
        yield seen.page
        seen.did_nothing_wrong()


def student_file(folder: Path, run: Run, student_id: str) -> Path:
    return folder / "students" / page_names(run)[student_id]


def first(run: Run, verdict: Verdict) -> Report:
    return next(report for report in run.reports if report.verdict is verdict)


def test_the_verdicts_are_those_of_the_run(index: Page, run: Run) -> None:
    shown = index.eval_on_selector_all(
        "#verdicts tbody tr", "rows => rows.map(r => [...r.cells].map(c => c.innerText.trim()))"
    )
    found = {row[0].partition(" ")[2]: (int(row[1]), int(row[3])) for row in shown}
    counts = Counter((report.problem_id, report.verdict.words) for report in run.reports)
    nothing = [STUDENTS - sum(r.problem_id == name for r in run.reports) for name in IDS]
    expected = {v.words: tuple(counts[name, v.words] for name in IDS) for v in Verdict}
    assert found == {**expected, "nothing handed in": tuple(nothing)}


def test_the_histograms_are_of_the_marks(index: Page, run: Run) -> None:
    assert index.locator("#marks h3").all_inner_texts() == [*IDS, "In total"]
    titles = index.eval_on_selector_all(
        "#marks svg", "all => all.map(s => [...s.querySelectorAll('title')].map(t => t.innerHTML))"
    )
    for name, bars in zip(IDS, titles[:2], strict=True):
        marks = Counter(r.score for r in run.reports if r.problem_id == name)
        del marks[None]
        shown = dict(map(int, re.findall(r"\d+", bar)) for bar in bars)
        assert shown == marks
    handed_in = {report.student for report in run.reports}
    unmarked = {report.student for report in run.reports if report.score is None}
    totals: Counter[int] = Counter()
    for student in run.students:
        if student.id in handed_in - unmarked:
            totals[int(total_text(run, student))] += 1
    assert dict(map(int, re.findall(r"\d+", bar)) for bar in titles[2]) == totals


@pytest.mark.parametrize("number", [0, 1])
def test_the_mistakes_and_who_made_them(index: Page, run: Run, number: int) -> None:
    mine = [r for r in run.reports if r.problem_id == IDS[number]]
    wrong = [r for r in mine if r.verdict is Verdict.WRONG_ANSWER]
    expected: dict[str, list[str]] = {}
    for report in wrong:
        expected.setdefault(quote(mistake_of(report).sentence, 400), []).append(report.student)
    table = index.locator("#mistakes table").nth(2 * number)
    assert table.locator("caption").inner_text() == "Wrong answers"
    names = page_names(run)
    counts = []
    for row in table.locator("tbody tr").all():
        count, share, _, what = row.locator("td").all()
        sentence = what.evaluate("cell => cell.firstChild.textContent")
        students = expected.pop(sentence)
        assert int(count.inner_text()) == len(students)
        assert share.inner_text() == f"{len(students) / len(mine):.0%}"
        links = what.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert links == [f"students/{names[student]}" for student in students]
        assert not what.locator("ul").is_visible()
        what.locator("summary").press("Enter")
        assert what.locator("ul").is_visible()
        counts.append(len(students))
    assert not expected
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) == len(wrong)


def test_judge_errors_come_first_and_say_what_to_do(index: Page, run: Run) -> None:
    heading = index.locator("h2").first.inner_text()
    failed = [report for report in run.reports if report.score is None]
    assert heading == f"{len(failed)} submissions could not be marked"
    text = index.locator("#judge-errors").inner_text()
    assert "Run grader grade again" in text
    for report in failed:
        assert quote(report.detail, 400) in " ".join(text.split())


def test_the_rest_of_the_class(index: Page, run: Run) -> None:
    slowest = sorted((r.seconds for r in run.reports), reverse=True)[:10]
    shown = index.locator("#slowest tbody td:first-child").all_inner_texts()
    assert shown == [f"{seconds:.1f}" for seconds in slowest]
    handed_in = {report.student for report in run.reports}
    absent = [name_of(s) for s in run.students if s.id not in handed_in]
    assert index.locator("#absent li").all_text_contents() == absent
    assert index.locator("#not-understood li").count() == len(run.not_understood)
    foot = index.locator("footer").inner_text()
    assert str(run.seed) in foot
    assert f"jax {run.reports[0].versions['jax']}" in foot


def table_rows(page: Page) -> list[list[str]]:
    rows: list[list[str]] = page.eval_on_selector_all(
        "#students tbody tr", "rows => rows.map(r => [...r.cells].map(c => c.textContent.trim()))"
    )
    return rows


def test_the_table_of_students(index: Page, run: Run) -> None:
    marks = {Verdict.ACCEPTED: "✓", Verdict.WRONG_ANSWER: "✗", Verdict.JUDGE_ERROR: "?"}
    expected = []
    for student in run.students:
        row = [name_of(student), quote(student.id, 60), quote(student.email, 60)]
        for problem in run.problems:
            report = run.report(student, problem)
            if report is None:
                row += ["· nothing handed in", "0"]
            else:
                mark = marks.get(report.verdict, "!")
                score = "?" if report.score is None else str(report.score)
                row += [f"{mark} {report.verdict.words}", score]
        expected.append([cell.strip() for cell in [*row, total_text(run, student)]])
    assert table_rows(index) == expected


@pytest.mark.parametrize("column", range(len(COLUMNS)))
def test_sorting_by_click_and_by_keyboard(index: Page, column: int) -> None:
    header = index.locator("#students thead th").nth(column)
    button = header.locator("button")
    assert button.inner_text().startswith(COLUMNS[column])
    before = table_rows(index)
    for how, direction in (("click", "ascending"), ("Enter", "descending"), ("Space", "ascending")):
        button.click() if how == "click" else button.press(how)
        assert header.get_attribute("aria-sort") == direction
        assert index.locator("#students [aria-sort]").count() == 1
        rows = table_rows(index)
        assert sorted(rows) == sorted(before)
        cells = [row[column] for row in rows]
        if direction == "descending":
            cells.reverse()
        if column in NUMERIC:
            marks = [-1 if cell == "?" else int(cell.split(" ")[0]) for cell in cells]
            assert marks == sorted(marks)
            assert len(set(marks)) > 10
        else:
            assert index.evaluate(
                "cells => { const c = new Intl.Collator(undefined, {numeric: true});"
                "return cells.every((x, n) => !n || c.compare(cells[n - 1], x) <= 0) }",
                cells,
            )


def test_searching(index: Page, run: Run) -> None:
    field = index.get_by_label("Search")
    visible = index.locator("#students tbody tr:visible")
    status = index.get_by_role("status")
    assert status.inner_text() == "500 of 500 students"
    field.fill("GARCIA accepted")  # "García"
    found = visible.all_text_contents()
    assert found
    assert all("garc" in text.lower() and "accepted" in text for text in found)
    expected = [row for row in table_rows(index) if "garcía" in " ".join(row).lower()]
    assert len(found) == sum("accepted" in " ".join(row) for row in expected)
    assert status.inner_text() == f"{len(found)} of 500 students"
    index.locator("#students thead button").first.click()
    assert sorted(visible.all_text_contents()) == sorted(found)
    field.fill("<script>alert(1)</script>7")
    assert visible.count() == 1
    field.fill("no such student")
    assert visible.count() == 0
    assert status.inner_text() == "0 of 500 students"
    field.fill("")
    assert visible.count() == STUDENTS


def test_each_link_leads_to_the_student(index: Page, folder: Path, run: Run) -> None:
    links = index.eval_on_selector_all(
        "#students tbody a", "all => all.map(a => [a.getAttribute('href'), a.textContent])"
    )
    assert len({href for href, _ in links}) == len(links) == STUDENTS
    for (href, name), student in zip(links, run.students, strict=True):
        text = (folder / href).read_text("utf-8")
        shown = quote(student.shown, 60) or ascii(student.shown)
        assert f"<h1><bdi>{escape(shown)}</bdi></h1>" in text
        assert f"<code>{escape(quote(student.id, 400))}</code>" in text
        assert name == name_of(student)
    assert {p.name for p in (folder / "students").iterdir()} == {h[9:] for h, _ in links}
    index.locator("#students tbody a").nth(7).click()
    assert index.locator("h1").inner_text() == name_of(run.students[7])
    index.get_by_role("link", name="Next").click()
    assert index.locator("h1").inner_text() == name_of(run.students[8])
    index.get_by_role("link", name="Previous").click()
    index.get_by_role("link", name="Class report").click()
    assert index.locator("h1").inner_text() == "Class report"


def test_marks_add_up_on_every_page(folder: Path, run: Run) -> None:
    names = page_names(run)
    group = re.compile(r'<td class="n">(\d+)</td><td class="n">(\d+)</td></tr>')
    score = re.compile(r'">Score</th><td></td><td class="n">(\d+)</td><td class="n">(\d+)</td>')
    seen = 0
    for student in run.students:
        text = (folder / "students" / names[student.id]).read_text("utf-8")
        sections = text.split("<section>")[1:]
        assert len(sections) == len(run.problems)
        scores = []
        for section in sections:
            said = re.search(r"(?:<b>|: )(\d+|\?) of (\d+)(?:</b>)? points", section)
            assert said is not None
            scores.append(said[1])
            rows = group.findall(section.partition("<tfoot>")[0])
            for column, summed in enumerate(score.findall(section)[0] if rows else ()):
                assert sum(int(row[column]) for row in rows) == int(summed) == int(said[column + 1])
                seen += 1
        total = re.search(r"Total: <b>(.*?) of (\d+)</b>", text)
        assert total is not None
        assert int(total[1].split(" ")[0]) == sum(int(s) for s in scores if s != "?")
        assert ("?" in total[1]) == ("?" in scores)
        assert int(total[2]) == sum(problem.max_score for problem in run.problems)
    assert seen == 2 * sum(bool(report.groups) for report in run.reports)


def test_a_students_page_shows_all_that_was_found(browser: Browser, folder: Path, run: Run) -> None:
    report = next(
        r
        for r in run.reports
        if r.diagnosis.findings and r.diagnosis.reading and r.output and r.notes
    )
    with watched(browser, student_file(folder, run, report.student)) as seen:
        section = seen.page.locator("section").nth(IDS.index(report.problem_id))
        text = " ".join(section.inner_text().split())
        found = [finding.sentence for finding in report.diagnosis.findings]
        for said in (*found, report.message, *report.notes):
            assert quote(said, 1000) in text
        assert section.locator("pre").first.inner_text() == "\n".join(report.diagnosis.example)
        pictures = section.locator("svg").evaluate_all(
            "all => all.map(s => s.getAttribute('aria-label'))"
        )
        assert pictures == ["which pixels were read", "where the numbers are off"]
        assert report.sha256 is not None
        assert report.sha256 in text
        assert quote(report.submission, 1000) in text
        assert not section.locator(".prints").is_visible()
        section.locator("summary").press("Enter")
        assert section.locator(".prints").is_visible()
        seen.did_nothing_wrong()


def test_long_prints_are_cut_and_it_says_so(browser: Browser, folder: Path, run: Run) -> None:
    report = next(r for r in run.reports if len(r.output) > 10_000)
    with watched(browser, student_file(folder, run, report.student)) as seen:
        section = seen.page.locator("section").nth(IDS.index(report.problem_id))
        assert section.locator("summary").inner_text() == (
            f"4,000 lines, without the first {len(report.output) - 10_000:,} characters"
        )
        assert section.locator(".prints").text_content() == report.output[-10_000:]


def test_a_judge_error_is_shown_as_ours(browser: Browser, folder: Path, run: Run) -> None:
    report = first(run, Verdict.JUDGE_ERROR)
    with watched(browser, student_file(folder, run, report.student)) as seen:
        text = " ".join(seen.page.locator("section").first.inner_text().split())
        assert "? judge error: ? of 20 points" in text
        assert quote(report.detail, 4000) in text


def test_hostile_text_is_only_text(browser: Browser, folder: Path, run: Run) -> None:
    """Every hostile name, id, print, note and finding of the class shows, and does nothing."""
    printed = Counter[str]()
    with watched(browser, folder / "index.html") as seen:
        seen.page.eval_on_selector_all("details", "all => all.forEach(d => { d.open = true })")
        names = seen.page.locator("#students tbody a").all_text_contents()
        ids = [row[1] for row in table_rows(seen.page)]
        for place in HOSTILE_PLACES:
            student = run.students[place]
            assert names[place] == (quote(student.shown, 60) or ascii(student.shown))
            assert ids[place] == quote(student.id, 60)
        assert "<script>alert(6)</script>" in seen.page.locator("#mistakes").inner_text()
        for place in HOSTILE_PLACES:
            student = run.students[place]
            seen.page.goto(student_file(folder, run, student.id).as_uri())
            assert seen.page.locator("h1").text_content() == name_of(student)
            assert seen.page.locator("script, img, iframe, [onload], [onerror]").count() == 0
        for report in run.reports:
            if report.output == "\n".join(HOSTILE) and printed.total() < 5:
                printed[report.student] += 1
                seen.page.goto(student_file(folder, run, report.student).as_uri())
                seen.page.eval_on_selector_all("details", "all => all.forEach(d => (d.open = 1))")
                assert "</pre></details></td></table><h1>gone\n" in "".join(
                    seen.page.locator(".prints").all_text_contents()
                )
        assert printed
        seen.did_nothing_wrong()


def test_the_policy_stops_what_was_not_escaped(browser: Browser, tmp_path: Path) -> None:
    missed = """
      <img src="http://127.0.0.1:9/x" onerror="alert(1)"><img src="x" onerror="alert(2)">
      <script>alert(3)</script><svg onload="alert(4)"></svg>
      <a id="a" href="javascript:alert(5)">a</a><iframe srcdoc="<script>alert(6)</script>"></iframe>
      <form id="f" action="http://127.0.0.1:9/"><button>b</button></form>
      <base href="http://127.0.0.1:9/"><link rel="stylesheet" href="http://127.0.0.1:9/s.css">
      <style>body { color: rgb(1, 2, 3) }</style>"""
    path = tmp_path / "page.html"
    whole = environment().from_string(
        f"{{% extends 'page.html.jinja' %}}{{% block body %}}{missed}{{% endblock %}}"
    )
    script = Markup("document.title = 'ours ran'")
    path.write_text(whole.render(title="x", script=script), "utf-8")
    with watched(browser, path) as seen:
        assert seen.page.title() == "ours ran"
        seen.page.locator("#a").click()
        seen.page.evaluate("document.querySelector('#f').requestSubmit()")
        colour = seen.page.evaluate("getComputedStyle(document.body).color")
        assert colour != "rgb(1, 2, 3)"
        assert seen.page.url == path.as_uri()
        assert seen.wrongs  # the browser tells of each thing that it refused
        assert all("Content Security Policy" in wrong for wrong in seen.wrongs), seen.wrongs
        asked = [request for request in seen.requests if request.url != path.as_uri()]
        assert {request.failure for request in asked} == {"csp"}
    # And without it, what was missed does run.
    text, found = re.subn("<meta http-equiv.*>", "", path.read_text("utf-8"))
    assert found == 1
    path.write_text(text, "utf-8")
    with watched(browser, path) as seen:
        assert "a dialog" in seen.wrongs


@pytest.mark.parametrize("width", [1200, 400])
def test_nothing_sticks_out(browser: Browser, folder: Path, run: Run, width: int) -> None:
    wrong = next(r for r in run.reports if r.diagnosis.reading and r.output)
    pages = [folder / "index.html", student_file(folder, run, wrong.student)]
    pages += [student_file(folder, run, run.students[n].id) for n in (7, 27, 167, 207)]
    for path in pages:
        with watched(browser, path, viewport={"width": width, "height": 800}) as seen:
            seen.page.eval_on_selector_all("details", "all => all.forEach(d => (d.open = true))")
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width, path.name
            tables = seen.page.locator(".wide").evaluate_all(
                "all => all.filter(t => t.scrollWidth > t.clientWidth).map(t => t.textContent)"
            )
            assert width < 1200 or not tables


CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    throw new Error("nothing is painted");
  };
  const low = [], tried = new Set();
  for (const node of document.body.querySelectorAll("*")) {
    if (["SCRIPT", "title"].includes(node.tagName)) continue;
    if (![...node.childNodes].some(c => c.nodeType === 3 && c.data.trim())) continue;
    const style = getComputedStyle(node);
    const ink = rgb(node instanceof SVGElement ? style.fill : style.color), paper = behind(node);
    const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
    tried.add(`${ink} on ${paper}`);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${ink} on ${paper}: ${node.textContent}`);
  }
  return [low, tried.size];
}"""


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
        assert seen.page.locator("#mistakes ul").first.is_visible()
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


def test_no_page_names_anything_outside(folder: Path) -> None:
    for path in [folder / "index.html", *(folder / "students").iterdir()]:
        text = path.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        for attribute in re.findall(r'<[^>]*?(?:href|src)="([^"]*)"', text):
            assert re.fullmatch(r"#[\w-]+|(students/|\.\./)?[\w-]+\.html", attribute), attribute
        assert text.isprintable() or all(c.isprintable() or c in "\n\t" for c in text)


def test_a_class_of_a_thousand_stays_small(tmp_path: Path) -> None:
    write_class_report(synthetic_run(1000), tmp_path)
    assert (tmp_path / "index.html").stat().st_size < 1_500_000
    assert len(list((tmp_path / "students").iterdir())) == 1000


@pytest.mark.parametrize("students", [0, 1])
def test_hardly_a_class(browser: Browser, tmp_path: Path, students: int) -> None:
    """And names of people whose ids are as unlike letters as can be."""
    run = replace(synthetic_run(students), not_understood=())
    write_class_report(run, tmp_path / "new" / "folder")
    with watched(browser, tmp_path / "new" / "folder" / "index.html") as seen:
        assert seen.page.locator("#students tbody tr").count() == students
        seen.did_nothing_wrong()


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_pages_of_an_earlier_run_go_and_nothing_else(tmp_path: Path) -> None:
    write_class_report(synthetic_run(30), tmp_path)
    mine = {"gradebook.csv": b"1", "students/notes.html": b"2", "students/1-ada/x.py": b"3"}
    for name, data in mine.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    # What a run leaves that was killed while it wrote.
    (tmp_path / ".class-report.new").mkdir()
    (tmp_path / ".class-report.new" / "1-x.html").touch()
    after = synthetic_run(10, seed=1)
    write_class_report(after, tmp_path)
    pages = {f"students/{name}" for name in page_names(after).values()}
    assert set(files_of(tmp_path)) == {"index.html", *pages, *mine}
    assert mine.items() <= files_of(tmp_path).items()


def test_a_full_disk_leaves_the_report_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_class_report(synthetic_run(10), tmp_path)
    before = files_of(tmp_path)

    def full(run: Run) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(class_report, "class_page", full)
    with pytest.raises(OSError, match="No space left"):
        write_class_report(synthetic_run(20, seed=1), tmp_path)
    assert files_of(tmp_path) == before


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_class_report(synthetic_run(20), tmp_path / name)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


@given(st.text(), st.integers(1, 10**6))
def test_a_page_stays_in_its_folder(student: str, number: int) -> None:
    name = page_name(number, Student(student))
    assert re.fullmatch(rf"{number}-[A-Za-z0-9]{{1,40}}\.html", name)
    assert class_report._PAGE.fullmatch(name)


@given(st.text())
def test_a_value_in_a_template_is_text_and_nothing_else(text: str) -> None:
    """Visible in every form, and kept as it is by those who read it back from HTML."""
    for template, said in (
        ("{{ text }}", visible(text)),
        ("{{ text|line }}", quote(text, 400)),
        ("{{ text|line(50) }}", quote(text, 50)),
        ("{{ text|lines }}", visible(text, keep="\n\t")),
    ):
        html = environment().from_string(template).render(text=text)
        assert Markup(html).unescape() == said
        assert not set("<>\"'") & set(html)


def test_a_template_that_lacks_a_value_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'caption' is undefined"):
        render("histogram.html.jinja", title="", chart="")


def test_only_one_module_makes_markup() -> None:
    """Nothing else in the package says that a text needs no escaping, and no template does."""
    templates = ROOT / "grader" / "writers" / "templates"
    assert {path.suffix for path in templates.iterdir()} == {".jinja"}
    for path in templates.iterdir():
        text = path.read_text("utf-8")
        assert not re.findall(r"\|\s*safe\b|autoescape|Markup|__html__", text), path.name
        # Escaping keeps a value in its attribute only between quotes.
        assert not re.findall(r"=\s*{{", text), path.name
    making = re.compile(r"\bMarkup\(|\bMarkup\.|from html import|import html\b|</\w+>")
    found = {
        path.name
        for path in (ROOT / "grader").rglob("*.py")
        if making.search(path.read_text("utf-8"))
    }
    assert found == {"html.py"}
