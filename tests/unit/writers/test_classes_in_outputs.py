"""A class of 60 in every form, matched with its roster: everyone is once in every output."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from support.lms_forms import FORMS, NAMES, Person, as_folder, class_files, content
from support.submissions import CLS, problems

from grader.common.verdict import Verdict
from grader.judging.judgement import Kind
from grader.report.report import GroupReport, Report
from grader.report.run import GradedProblem, Run
from grader.submissions import find_submissions
from grader.submissions.join_roster import join_roster
from grader.submissions.read_roster import parse_roster
from grader.submissions.roster import Matching
from grader.writers.all_outputs import write_all

# Each name once; where only a name says who it is, two of one name can't be told apart.
UNIQUE = {f"{first} {last}".casefold(): (first, last) for first, last in NAMES}.values()
CLASS = [
    Person(first + round * "i", last, 10_000 + 100 * round + number)
    for round in range(3)
    for number, (first, last) in enumerate(UNIQUE)
][:60]
OWN_IDS = ("folders", "sections")  # no system's: the folder has the student's id


def roster_of(form: str) -> bytes:
    """As the system that hands out the form has it."""
    text = io.StringIO()
    write = csv.writer(text).writerow
    if form == "canvas":
        write(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", CLS])
        write(["Points Possible", "", "", "", "", "20"])
        for p in CLASS:
            write([f"{p.last}, {p.first}", p.number, p.login, p.login, "A", ""])
    elif form == "github":
        write(["identifier", "github_username", "github_id", "name"])
        for p in CLASS:
            write([p.login, FORMS[form].shown(p), p.number * 3, p.full])
    else:
        write(["Student ID", "First name", "Last name", "E-mail"])
        for p in CLASS:
            own = FORMS[form].shown(p) if form in OWN_IDS else p.login
            write([own, p.first, p.last, p.email])
    return text.getvalue().encode()


def report(student: str, where: str, score: int) -> Report:
    groups = (GroupReport("group", "purpose", score, 20),)
    return Report(
        *(student, where, CLS, "1", Verdict.ACCEPTED, Kind.ACCEPTED, 20, "All is right.", "none"),
        groups=groups,
    )


@pytest.mark.parametrize("form", FORMS)
def test_everyone_is_matched_and_once_in_each_output(form: str, tmp_path: Path) -> None:
    folder = as_folder(class_files(FORMS[form], CLASS), tmp_path / "class")
    found = find_submissions([folder], problems())
    roster = parse_roster(roster_of(form))
    joined = join_roster(roster, found.submissions, found.not_understood, [CLS])
    assert joined.matching == Matching()
    assert len(roster.students) == len(joined.students) == len(joined.submissions) == 60

    # Each has a score of their own, by the text of their file.
    scores = {content(person): number for number, person in enumerate(CLASS)}
    reports = [
        report(s.student, s.where, scores[s.read().file.decode()]) for s in joined.submissions
    ]
    problem = GradedProblem(CLS, "Title", 20)
    run = Run(1, (problem,), tuple(joined.students), tuple(reports), matching=joined.matching)
    (tmp_path / "results").mkdir()
    write_all(run, tmp_path / "results", {CLS: 5} if form == "canvas" else {})

    ids = [student.id for student in roster.students]
    assert {r.student: r.score for r in reports} == {id: n for n, id in enumerate(ids)}
    results = tmp_path / "results"
    rows = list(csv.reader((results / "gradebook.csv").read_text("utf-8-sig").splitlines()))
    number = rows[0].index(f"{CLS} score")
    assert [row[number] for row in rows[1:61]] == [str(score) for score in range(60)]
    lines = [json.loads(line) for line in (results / "results.jsonl").read_text().splitlines()]
    assert sorted((line["student"], line["score"]) for line in lines) == sorted(
        zip(ids, range(60), strict=True)
    )
    whole = json.loads((results / "report.json").read_text())
    assert [student["id"] for student in whole["students"]] == ids
    page = html.unescape((results / "index.html").read_text())
    pages = set(re.findall(r'<tr[^>]*><td><a href="students/([^"]+)"', page))
    assert pages == {path.name for path in (results / "students").iterdir()}
    assert len(pages) == 60
    assert {page.count(f"<td>{id}<td>") for id in ids if len(id) < 40} == {1}
    tests = ElementTree.parse(results / "junit.xml").getroot()
    assert len({case.get("name") for case in tests.iter("testcase")}) == 60
    if form == "canvas":
        canvas = list(csv.reader((results / "canvas.csv").read_text("utf-8-sig").splitlines()))
        assert len(canvas) == 62
