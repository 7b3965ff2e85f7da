"""A class over a term: what it hands in, as Canvas gives it, and what every output must say."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from support.course import ROOT

ID = "patch_embed_cls"
BANK = ROOT / "solutions" / ID
RIGHT = [
    BANK / "accepted" / f"{name}.py"
    for name in ("numpy_reshape_transpose_matmul", "einsum_over_six_axes", "split_and_hstack")
]
WRONG = [
    BANK / "wrong_answer" / f"{name}.py"
    for name in ("channels_reversed", "cls_token_appended_last", "height_and_width_swapped")
]
ASSIGNMENT = 777
NAMES = (
    *("Ada Lovelace", "Anne-Marie O'Neill", "Bo Ek", "Çelik Öz", "de la Cruz, María", "李 小龙"),
    *("محمد علي", "Jürgen Groß", "Zoë Müller", "Nguyễn Văn An", "-Dash Leading", "=Sum Formula"),
)


@dataclass(frozen=True)
class Person:
    """A student. login: in the roster. number: Canvas's."""

    login: str
    name: str
    number: int

    def file(self, attempt: int = 0, late: bool = False) -> str:
        """The name that Canvas gives a file."""
        squeezed = "".join(c for c in self.name.lower() if c.isalnum())
        again = f"-{attempt}" if attempt else ""
        middle = "LATE_" if late else ""
        upload = 50_000 + 100 * attempt + self.number
        return f"{squeezed}_{middle}{self.number}_{upload}_{ID}{again}.py"


def people(count: int) -> list[Person]:
    return [
        Person(f"u{n:02}", f"{NAMES[n % len(NAMES)]} {'ABCDEFGH'[n // len(NAMES)]}", 1000 + n)
        for n in range(count)
    ]


def write_roster(path: Path, everyone: list[Person], points: int) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write = csv.writer(file).writerow
        write(
            ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", f"Patches ({ASSIGNMENT})"]
        )
        write(["    Points Possible", "", "", "", "", points])
        for person in everyone:
            write([person.name, person.number, "", person.login, "1", ""])


def write_zip(path: Path, files: Mapping[str, Path]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, source in files.items():
            entry = zipfile.ZipInfo(name, (2026, 3, 9, 12, 0, 0))
            archive.writestr(entry, source.read_bytes())


def tables(results: Path) -> dict[str, Any]:
    """What the tables say of each student, and the tables that must be the same in another run."""
    text = (results / "gradebook.csv").read_text("utf-8-sig")
    lines = [json.loads(line) for line in (results / "results.jsonl").read_text().splitlines()]
    for line in lines:
        for key in ("seconds", "submission", "handed_in", "sha256"):
            del line[key]
    return {
        "gradebook": text,
        "results": lines,
        "groups": (results / "groups.jsonl").read_text(),
        "canvas": (results / "canvas.csv").read_text(),
    }


def assert_adds_up(results: Path, handed_in: Mapping[str, str]) -> None:
    """Every output says the same of everyone. handed_in: the verdict of each who handed in, or
    what stands in its place.
    """
    rows = list(csv.DictReader((results / "gradebook.csv").read_text("utf-8-sig").splitlines()))
    verdicts = {row["student"]: row[f"{ID} verdict"] for row in rows}
    assert len(verdicts) == len(rows), "one row for each"
    assert {s: v for s, v in verdicts.items() if v != "nothing handed in"} == handed_in
    scores = {row["student"]: row[f"{ID} score"] for row in rows}
    assert {row["student"]: row["total"] for row in rows} == scores
    lines = [json.loads(line) for line in (results / "results.jsonl").read_text().splitlines()]
    assert {line["student"]: as_text(line["score"]) for line in lines} == scores
    groups: dict[str, int] = {}
    for line in (results / "groups.jsonl").read_text().splitlines():
        group = json.loads(line)
        groups[group["student"]] = groups.get(group["student"], 0) + group["points"]
    graded = {line["student"]: line["graded_score"] for line in lines}
    assert groups == {student: graded[student] for student in groups}
    document = json.loads((results / "report.json").read_text())
    assert {student["id"] for student in document["students"]} == set(verdicts)
    reports = {report["student"]: report["score"] for report in document["reports"]}
    assert reports == {student: graded[student] for student in reports}
    suite = ElementTree.parse(results / "junit.xml").getroot()
    in_junit = {
        item.attrib["name"].removesuffix(".score"): item.attrib["value"]
        for item in suite.iter("property")
        if item.attrib["name"].endswith(".score")
    }
    assert in_junit == {student: score for student, score in scores.items() if score}
    canvas = list(csv.reader((results / "canvas.csv").read_text().splitlines()))
    in_canvas = {row[3]: row[5] for row in canvas[2:]}
    absent = {student for student, verdict in verdicts.items() if verdict == "nothing handed in"}
    decided = {line["student"] for line in lines if line["decided"]}
    assert {s: score for s, score in in_canvas.items() if score} == {
        s: score for s, score in scores.items() if score and (s not in absent or s in decided)
    }
    page = (results / "index.html").read_text()
    pages = {path.name for path in (results / "students").iterdir()}
    assert len(pages) == len(rows)
    assert all(page.count(f"students/{name}") >= 1 for name in pages)
    assert len(list((results / "feedback").glob("*.html"))) == len(rows)


def as_text(score: int | None) -> str:
    return "" if score is None else str(score)
