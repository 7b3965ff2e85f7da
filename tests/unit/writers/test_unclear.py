"""Conflicts, and work that could not be read: every output says so, and none makes it a 0."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.synthetic import synthetic_run

from grader.report.report_json import from_json, to_json
from grader.report.run import Run
from grader.submissions.roster import Matching, Student, Unclear
from grader.writers.class_report import write_class_report
from grader.writers.junit import junit_xml
from grader.writers.student import print_explained
from grader.writers.tables import BYTE_ORDER_MARK, canvas_csv, gradebook_csv, results_jsonl
from grader.writers.terminal import MOST_CHOICES, Terminal, print_matching, print_summary

EVIL = "<b>=1+1</b>\x1b[2J"
FIRST, SECOND = (problem.id for problem in synthetic_run(1).problems)


@pytest.fixture(scope="module")
def run() -> Run:
    """Of the last three students one has a conflict, one a damaged file, and one nothing."""
    made = synthetic_run(40)
    ids = ("evil", "dee", "eve")
    students = tuple(Student(id, f"=Name {id}", canvas={"ID": id}) for id in ids)
    return replace(
        made,
        students=(*made.students, *students),
        matching=Matching(
            absent=("eve",),
            unclear=(
                Unclear("evil", FIRST, "conflict", f"2 submissions: {EVIL}"),
                Unclear("dee", FIRST, "could not be read", "dee.zip: it is damaged"),
                Unclear("dee", SECOND, "could not be read", "dee.zip: it is damaged"),
            ),
        ),
    )


def test_no_table_has_a_score(run: Run) -> None:
    text = gradebook_csv(run).removeprefix(BYTE_ORDER_MARK)
    *_, evil, dee, eve = csv.DictReader(io.StringIO(text, newline=""))
    assert [evil[f"{FIRST} {of}"] for of in ("verdict", "score")] == ["conflict", ""]
    assert [evil[f"{SECOND} {of}"] for of in ("verdict", "score")] == ["nothing handed in", "0"]
    assert [dee[f"{SECOND} {of}"] for of in ("verdict", "score")] == ["could not be read", ""]
    assert (evil["total"], dee["total"], eve["total"]) == ("", "", "0")
    lines = [json.loads(line) for line in results_jsonl(run).splitlines()][-6:]
    assert [(line["verdict"], line["score"]) for line in lines] == [
        ("conflict", None),
        ("nothing_handed_in", 0),
        ("could_not_be_read", None),
        ("could_not_be_read", None),
        ("nothing_handed_in", 0),
        ("nothing_handed_in", 0),
    ]
    assert lines[2]["message"] == "dee.zip: it is damaged"
    assert not {"evil", "dee", "eve"} & {
        row["ID"] for row in csv.DictReader(io.StringIO(canvas_csv(run, {FIRST: 1}).text))
    }


def test_junit_and_json_have_it(run: Run) -> None:
    text = junit_xml(run)
    assert 'message="could not be read: dee.zip: it is damaged"' in text
    assert 'message="conflict: 2 submissions: ' in text
    assert 'name="dee.score"' not in text
    assert 'name="eve.score" value="0"' in text
    assert from_json(to_json(run), Run).matching == run.matching


def test_the_pages_say_it(run: Run, tmp_path: Path) -> None:
    write_class_report(run, tmp_path)
    index = (tmp_path / "index.html").read_text()
    assert "<h2>Conflict: 1 student</h2>" in index
    assert "2 submissions: &lt;b&gt;=1+1&lt;/b&gt;\\x1b[2J</li>" in index
    assert "<h2>Could not be read: 1 student</h2>" in index
    assert "</bdi></a>: dee.zip: it is damaged</li>" in index
    assert "<b>=1" not in index
    assert index.count("! conflict</span>") == 2, "in the table of verdicts, and in the row"
    absent = index.partition('<section id="absent">')[2].partition("</section>")[0]
    assert ("=Name eve" in absent, "=Name dee" in absent, "=Name evil" in absent) == (
        True,
        False,
        False,
    )
    (page,) = (tmp_path / "students").glob("*-dee.html")
    text = page.read_text()
    assert text.count("! could not be read</span>: ? of 20 points") == 2
    assert "<p>dee.zip: it is damaged</p>" in text
    assert "Total: <b>0 + ? of 40</b>" in text


def test_the_terminal_says_it(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(Terminal(), run)
    print_matching(Terminal(), run.matching)
    said = capsys.readouterr().out
    assert "1 conflict" in said
    assert "1 could not be read" in said
    assert '1 student has a conflict of submissions: "evil".' in said
    assert "evil: conflict: 2 submissions: <b>=1+1</b>\\x1b[2J" in " ".join(said.split())
    lines = [line.rstrip() for line in said.splitlines()]
    assert lines.count("  dee: could not be read: dee.zip: it is damaged") == 1
    print_explained(Terminal(), run.students[-2], run)
    said = capsys.readouterr().out
    assert said.count("could not be read\n  dee.zip: it is damaged\n") == 2
    print_matching(Terminal(), Matching())
    assert capsys.readouterr().out == ""


def test_a_long_list_of_conflicts_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    unclear = tuple(Unclear(f"s{n}", FIRST, "conflict", "2 submissions") for n in range(25))
    print_matching(Terminal(), Matching(unclear=unclear))
    said = capsys.readouterr().out
    assert said.count(": conflict: 2 submissions") == MOST_CHOICES
    assert "And 5 more; the JSON report lists them." in said
