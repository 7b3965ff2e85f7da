"""The class report of 500 made-up students, looked at in a real browser, straight from disk."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from markupsafe import Markup, escape
from playwright.sync_api import Browser, Page
from support.class_pages import COLUMNS, STUDENTS, first, student_file, watched
from support.synthetic import HOSTILE, IDS, synthetic_run, with_all_that_happens

from grader.common.text import BEFORE_NOT_SHOWN, quote
from grader.common.verdict import Verdict
from grader.report.run import Run
from grader.writers.class_report import write_class_report
from grader.writers.code_shown import function_text
from grader.writers.common_mistakes import mistake_of
from grader.writers.html import environment
from grader.writers.pages import name_of, page_names, total_text

NUMERIC = (4, 6, 7)
HOSTILE_PLACES = range(7, STUDENTS, 10)  # as `synthetic_run` says


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
    table = index.locator("#mistakes table").nth(3 * number)
    assert table.locator("caption").inner_text() == "Wrong answers"
    names = page_names(run)
    counts = []
    for row in table.locator("tbody tr").all():
        count, share, _, what = row.locator("td").all()
        sentence = what.evaluate("cell => cell.firstChild.textContent.trim()")
        students = expected.pop(sentence)
        assert int(count.inner_text()) == len(students)
        assert share.inner_text() == f"{len(students) / len(mine):.0%}"
        links = what.locator("ul a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        assert links == [f"students/{names[student]}" for student in students]
        assert not what.locator("ul").is_visible()
        what.get_by_text("Names").press("Enter")
        assert what.locator("ul").is_visible()
        reports = [r for r in wrong if r.student in students]
        assert what.locator("code").inner_text() == mistake_of(reports[0]).id
        entry_point = run.problems[number].entry_point
        texts = {r.student: function_text(r.code, entry_point) for r in reports}
        shortest = min(texts, key=lambda student: len(texts[student]))
        assert not what.locator("pre").is_visible()
        what.get_by_text("Code").press("Enter")
        assert what.locator("pre").text_content() == texts[shortest]
        assert what.locator("p a").get_attribute("href") == f"students/{names[shortest]}"
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
    assert status.inner_text() == "500 of 500 rows"
    field.fill("GARCIA accepted")  # "García"
    found = visible.all_text_contents()
    assert found
    assert all("garc" in text.lower() and "accepted" in text for text in found)
    expected = [row for row in table_rows(index) if "garcía" in " ".join(row).lower()]
    assert len(found) == sum("accepted" in " ".join(row) for row in expected)
    assert status.inner_text() == f"{len(found)} of 500 rows"
    index.locator("#students thead button").first.click()
    assert sorted(visible.all_text_contents()) == sorted(found)
    student = next(s for s in run.students if s.other_ids)
    for text in (*student.other_ids, student.number, student.id, student.email):
        field.fill(text.upper())
        assert visible.locator("a").all_text_contents() == [name_of(student)]
    field.fill("<script>alert(1)</script>7")
    assert visible.count() == 1
    field.fill("no such student")
    assert visible.count() == 0
    assert status.inner_text() == "0 of 500 rows"
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


def test_a_students_page_shows_all_that_was_found(browser: Browser, folder: Path, run: Run) -> None:
    report = next(
        r
        for r in run.reports
        if r.diagnosis.findings and r.diagnosis.reading and r.output and r.all_notes
    )
    with watched(browser, student_file(folder, run, report.student)) as seen:
        section = seen.page.locator("section").nth(IDS.index(report.problem_id))
        text = " ".join(section.inner_text().split())
        found = [finding.sentence for finding in report.diagnosis.findings]
        for said in (*found, report.message, *report.all_notes):
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
        lines = report.output.count("\n")
        assert section.locator("summary").inner_text() == f"{lines:,} lines"
        shown = section.locator(".prints").text_content() or ""
        assert shown == report.output
        assert shown.startswith(BEFORE_NOT_SHOWN)


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
        shown = seen.page.locator("#mistakes pre").all_inner_texts()
        assert len(shown) > 10
        assert all(HOSTILE[0] in text for text in shown)
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


def test_what_does_not_fit_is_only_text(browser: Browser, tmp_path: Path) -> None:
    """Names, reasons, paths and decisions that are hostile, each in its section."""
    run = with_all_that_happens(synthetic_run(40))
    write_class_report(run, tmp_path)
    with watched(browser, tmp_path / "index.html") as seen:
        places = "unmatched conflict could-not-be-read not-graded-yet decided replaced passed-over"
        for place in (*places.split(), "decisions-unused", "not-understood", "choices"):
            assert HOSTILE[0] in seen.page.locator(f"#{place}").inner_text(), place
        assert seen.page.locator("script").count() == 1
        assert seen.page.locator("img, iframe, [onload], [onerror]").count() == 0
        links = seen.page.locator("a[href^=students]").evaluate_all(
            "all => all.map(a => a.getAttribute('href'))"
        )
        assert {link for link in links if not (tmp_path / link).is_file()} == set()
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
