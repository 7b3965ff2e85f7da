"""The class report as files: its links, marks that add up, and text that stays text."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError
from markupsafe import Markup
from support.course import ROOT
from support.synthetic import synthetic_run, with_all_that_happens

from grader.common.text import quote, visible
from grader.report.run import Run
from grader.submissions import NotUnderstood
from grader.submissions.roster import Student
from grader.writers import class_report
from grader.writers.class_page import MOST_PATHS, class_page
from grader.writers.class_report import write_class_report
from grader.writers.html import environment, render
from grader.writers.pages import page_name, page_names


@pytest.fixture(scope="module")
def run() -> Run:
    return synthetic_run(100)


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("results")
    write_class_report(run, place)
    return place


def test_the_page_says_how_the_files_were_read(run: Run) -> None:
    choices = tuple(f"<b>{n}</b>: names as Moodle gives them." for n in range(MOST_PATHS + 2))
    page = str(class_page(replace(run, choices=choices)))
    assert "How the files were read" in page
    assert page.count("names as Moodle gives them.</li>") == MOST_PATHS
    assert "&lt;b&gt;0&lt;/b&gt;: names" in page
    assert "And 2 more, which the JSON report lists." in page
    assert "How the files were read" not in str(class_page(run))


def test_a_file_that_was_passed_over_is_told_once(run: Run) -> None:
    note = "For this problem too, and passed over: ada/old.py (older)."
    reports = (replace(run.reports[0], notes=(note,)), *run.reports[1:])
    items = (NotUnderstood(Path("ada/old.py"), note), NotUnderstood(Path("bo"), "no code here"))
    page = str(class_page(replace(run, reports=reports, not_understood=items)))
    assert f"<li>{note}</li>" in page
    assert "<li><code>bo</code>: no code here</li>" in page


def test_each_thing_has_a_section_of_its_own(run: Run) -> None:
    page = str(class_page(with_all_that_happens(run)))
    failed = sum(report.score is None for report in run.reports)
    parts = dict(re.findall(r'<section[^>]* id="([\w-]+)">\s*<h2>(.*?)</h2>', page))
    assert parts == {
        "judge-errors": f"{failed} submissions could not be marked",
        "decisions-unused": "Decisions by hand that fit nobody: 1",
        "unmatched": "Not in the roster: 2 names",
        "conflict": "Conflict: 1 student",
        "could-not-be-read": "Could not be read: 1 student",
        "not-graded-yet": "Not graded yet: 1 student",
        "verdicts": "Verdicts",
        "marks": "Marks",
        "mistakes": "What the class got wrong",
        "slowest": "Slowest submissions",
        "absent": "4 students handed in nothing",
        "decided": "2 marks decided by hand",
        "replaced": "2 older submissions replaced by a newer one",
        "passed-over": "1 file passed over",
        "not-understood": "Files and folders not understood: 3",
        "choices": "How the files were read",
        "students": "Students",
    }
    assert "<li><bdi>&lt;b&gt;Ek&lt;/b&gt;, Bo</bdi></li>" in page
    assert ": 7 → <b>9 points</b>: Shown in office hours: &lt;script&gt;" in page
    assert "</script&gt;. · And so.</li>" in page.replace("&lt;/script", "</script")
    assert ": ? → <b>20 points</b>: By hand, for all.</li>" in page
    assert "wrong answer, 7 points</li>" in page
    bare = replace(run, not_understood=(), reports=(), students=run.students[:1])
    left = re.findall(r'<section[^>]* id="([\w-]+)">', str(class_page(bare)))
    assert left == ["verdicts", "marks", "mistakes", "slowest", "absent", "students"]


def test_who_handed_in_under_two_names_counts_once(run: Run) -> None:
    """The rows that are not in the roster are in the table of students, and in no number."""
    before, after = (str(class_page(r)) for r in (run, with_all_that_happens(run)))
    assert f"{len(run.students)} students, of whom 94 handed in: " in before
    assert "100 students in the roster, of whom 96 handed in: " in after
    assert "2 more names not in the roster" in after

    def part(page: str, name: str) -> str:
        return page.partition(f'<section id="{name}">')[2].partition("</section>")[0]

    undecided = str(class_page(replace(with_all_that_happens(run), decided=())))
    assert part(before, "marks") == part(undecided, "marks") != part(after, "marks")
    assert part(before, "mistakes") == part(after, "mistakes")
    counts = re.findall(
        r'<th scope="row">(.*?)</th><td class="n"[^>]*>(\d+)', part(after, "verdicts")
    )
    *verdicts, (_, students) = counts
    assert sum(int(number) for _, number in verdicts) == int(students) == 100
    assert part(after, "students").count("<tr") - 1 == 102


def test_people_are_found_by_what_has_no_column(run: Run) -> None:
    student = Student("7", "Ek, Bo", "bo@x", other_ids=("bek", 'a"b', ""), number="90001")
    page = str(class_page(replace(run, students=(student, Student("8")), reports=())))
    assert '<tr data-find="bek a&#34;b 90001"><td>' in page
    assert page.count("data-find") == 1


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


def test_no_page_names_anything_outside(folder: Path) -> None:
    pages = [folder / "index.html", *folder.glob("*/*.html")]
    assert len(pages) == 1 + 2 * 100
    for path in pages:
        text = path.read_text("utf-8").replace('xmlns="http://www.w3.org/2000/svg"', "")
        for attribute in re.findall(r'<[^>]*?(?:href|src)="([^"]*)"', text):
            assert re.fullmatch(r"#[\w-]+|(students/|\.\./)?[\w-]+\.html", attribute), attribute
        assert text.isprintable() or all(c.isprintable() or c in "\n\t" for c in text)


@pytest.mark.sweep
def test_a_class_of_a_thousand_stays_small(tmp_path: Path) -> None:
    write_class_report(synthetic_run(1000), tmp_path)
    assert (tmp_path / "index.html").stat().st_size < 1_500_000
    assert len(list((tmp_path / "students").iterdir())) == 1000


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_pages_of_an_earlier_run_go_and_nothing_else(tmp_path: Path) -> None:
    write_class_report(synthetic_run(30), tmp_path)
    mine = {
        "gradebook.csv": b"1",
        "students/notes.html": b"2",
        "feedback/notes.html": b"2",
        "students/1-ada/x.py": b"3",
    }
    for name, data in mine.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    # What a run leaves that was killed while it wrote.
    (tmp_path / ".class-report.new").mkdir()
    (tmp_path / ".class-report.new" / "1-x.html").touch()
    after = synthetic_run(10, seed=1)
    write_class_report(after, tmp_path)
    names = page_names(after).values()
    pages = {f"{part}/{name}" for part in ("students", "feedback") for name in names}
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
        render("histogram.html.jinja", title="", bars=())


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
