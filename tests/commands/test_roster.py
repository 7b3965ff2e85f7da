"""A roster by the real command: who is who, and what does not fit, in every output."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import jsonschema
import pytest
from support.command import CourseOption, report_schema, run, student
from support.sources import RIGHT

ROSTER = """\
sep=;
Kursliste;;
Matrikelnummer;Nachname;Vorname;E-Mail-Adresse
123;Zéro;Anne;az@x.edu
007;Ek;Bo;bo@x.edu
8;Young;Cy;cy@x.edu
;Berg;Dee;dee@x.edu
10;Fay;Eve;eve@x.edu
11;李;娜;
12;=1+1;@sum;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Everyone but Eve has handed in; Bo twice, and Cy what can't be read."""
    names = ("00123", "Ek, Bo", "bo", "dee", "李娜", "@sum =1+1", "-x", "team_8")
    for name in names:
        student(tmp_path / "class", name, RIGHT)
    (tmp_path / "class" / "cy").mkdir()
    (tmp_path / "class" / "cy" / "essay.pdf").write_bytes(b"%PDF")
    (tmp_path / "roster.csv").write_bytes(ROSTER.encode("utf-16"))
    return tmp_path


SAID = [
    '2 submissions match nobody in the roster: "-x", "team_8".',
    '1 of the roster has handed in nothing: "10".',
    '1 student has a conflict of submissions: "007".',
    '1 student has something that could not be read: "8".',
]


def test_a_dry_run_tells_everything(folder: Path) -> None:
    done = run("grade", "class", "--roster", "roster.csv", "--dry-run", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert set(SAID) < set(done.stdout.splitlines())
    rows = {line.split("  ")[0]: line for line in done.stdout.splitlines()}
    assert "00123/" in rows["123 (Anne Zéro)"]
    assert "conflict" in rows["007 (Bo Ek)"]
    assert "could not be read" in rows["8 (Cy Young)"]
    assert "dee/" in rows["dee@x.edu (Dee Berg)"]
    assert "李娜/" in rows["11 (娜 李)"]
    assert "@sum =1+1/" in rows["12 (@sum =1+1)"]


def test_every_output_of_a_run_tells_it(small: CourseOption, folder: Path) -> None:
    options = ("--roster", "roster.csv", "-o", "out", "--problem", "patch_embed_cls", *small)
    done = run("grade", "class", *options, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(SAID) < set(done.stdout.splitlines())
    document = json.loads((folder / "out" / "report.json").read_text())
    jsonschema.validate(document, report_schema())
    assert document["matching"]["unmatched"] == ["-x", "team_8"]
    assert document["matching"]["absent"] == ["10"]
    assert [one["student"] for one in document["matching"]["unclear"]] == ["007", "8"]
    assert "The roster is read as UTF-16." in document["choices"]
    assert any(
        "matched with the roster by full name, such as" in one for one in document["choices"]
    )
    page = (folder / "out" / "index.html").read_text()
    assert "<h2>Not in the roster: 2 names</h2>" in page
    assert "<h2>1 student handed in nothing</h2>" in page
    assert "7 students in the roster, of whom 6 handed in" in page
    with (folder / "out" / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    verdicts = {name: row["patch_embed_cls verdict"] for name, row in rows.items()}
    assert verdicts == {
        "123": "accepted",
        "007": "conflict",
        "8": "could not be read",
        "dee@x.edu": "accepted",
        "10": "nothing handed in",
        "11": "accepted",
        "12": "accepted",
        "'-x": "accepted",
        "Ek, Bo": "accepted",
        "bo": "accepted",
        "team_8": "accepted",
    }
    assert [rows[name]["total"] for name in ("007", "8", "10")] == ["", "", "0"]
    assert rows["12"]["name"] == "'@sum =1+1"


@pytest.mark.sweep
def test_names_that_are_no_utf_8_are_the_same_in_a_second_run(
    small: CourseOption, tmp_path: Path
) -> None:
    """Reports are kept and found under the same name, whatever its bytes are."""
    for name in ("ad\udcffa", "\udcc3", "bo"):
        student(tmp_path / "class", name, RIGHT)
    options = ("-o", "out", "--problem", "patch_embed_cls", *small)
    for before in ("", "3 graded before"):
        done = run("grade", "class", *options, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert before in done.stdout
        with (tmp_path / "out" / "gradebook.csv").open(encoding="utf-8-sig") as file:
            rows = {row["student"]: row for row in csv.DictReader(file)}
        assert {row["patch_embed_cls verdict"] for row in rows.values()} == {"accepted"}
        assert len(rows) == len(list((tmp_path / "out" / "students").iterdir())) == 3
        assert r"\udcc3" in rows


def test_a_number_that_canvas_does_not_have_is_refused_before_anything_runs(folder: Path) -> None:
    (folder / "canvas.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (12345),Final Score\n"
        "    Points Possible,,,,,10,(read only)\n"
        '"Young, Cy",101,8,cy,One,,\n'
    )
    options = ("--roster", "canvas.csv", "--dry-run", "--canvas")
    done = run("grade", "class", *options, "patch_embed_cls=12354", cwd=folder)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "--canvas patch_embed_cls=12354: the roster has no assignment of this number. It has",
        "  12345  Homework 1",
    ]
    done = run("grade", "class", *options, "patch_embed_cls=12345", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "has 20 points here and 10 in Canvas (Homework 1)" in done.stderr
