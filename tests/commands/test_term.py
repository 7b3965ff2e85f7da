"""A class over a term, by the real command: stopped, killed, late, regraded, decided, renamed."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from support.course import ROOT
from support.small_course import copy_course
from support.term import (
    ASSIGNMENT,
    ID,
    RIGHT,
    WRONG,
    Person,
    assert_adds_up,
    people,
    tables,
    write_roster,
    write_zip,
)

SEED = 8
CRASHES = f"def {ID}(*a):\n    raise ValueError(1)\n"


@dataclass
class Term:
    """A class, and what each of its students deserves by now."""

    folder: Path
    everyone: list[Person]
    deserved: dict[str, str] = field(default_factory=dict)

    @property
    def results(self) -> Path:
        return self.folder / "results"

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "grader", *map(str, arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "COLUMNS": "200"},
        )

    def run(self, *arguments: object) -> str:
        """What a command prints that works."""
        with self.start(*arguments) as process:
            printed, _ = process.communicate()
        assert process.returncode == 0, printed
        return printed

    def grade(self, *arguments: object) -> tuple[object, ...]:
        course = "--course", self.folder / "course"
        return "grade", *arguments, "--problem", ID, "-o", self.results, *course

    def write_again(self, *arguments: object) -> tuple[object, ...]:
        return "results", self.results, *arguments, "--course", self.folder / "course"

    def stop(self, after: int, how: signal.Signals, *arguments: object) -> None:
        """Stops a command after so many reports."""
        with self.start(*arguments) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith(f"[{after}/") or (after == 0 and "Submissions:" in line):
                    break
            process.send_signal(how)
            printed = process.stdout.read()
        assert process.returncode == (130 if how is signal.SIGINT else -how), printed

    def kill_while_it_writes(self, *arguments: object) -> None:
        with self.start(*arguments) as process:
            ends = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < ends:
                if (self.results / ".class-report.new").exists():
                    process.kill()
            process.communicate()
        assert process.returncode in (-signal.SIGKILL, 0)

    def hand_in(self, person: Person, number: int) -> str:
        """Some work, and the verdict that it deserves."""
        kind = number % 4
        text = RIGHT[number % len(RIGHT)].read_text() if kind < 2 else CRASHES
        if kind == 2:
            text = WRONG[number % len(WRONG)].read_text()
        (self.folder / "class" / person.file()).write_text(text)
        verdict = ("accepted", "accepted", "wrong answer", "run-time error")[kind]
        self.deserved[person.login] = verdict
        return verdict

    def adds_up(self, stopped: bool = False) -> None:
        """stopped: whether some of the work may not be graded yet, which is no zero."""
        expected = dict(self.deserved)
        if stopped:
            for row in self.rows().values():
                if row[f"{ID} verdict"] == "not graded yet":
                    expected[row["student"]] = "not graded yet"
                    assert row[f"{ID} score"] == ""
        assert_adds_up(self.results, expected)

    def rows(self) -> dict[str, dict[str, str]]:
        text = (self.results / "gradebook.csv").read_text("utf-8-sig")
        return {row["student"]: row for row in csv.DictReader(text.splitlines())}


def graded(printed: str) -> int:
    return len(re.findall(r"^\[\d+/\d+\]", printed, re.MULTILINE))


@pytest.mark.parametrize("count", [12, 60], ids=["few", "sixty"])
@pytest.mark.sweep
def test_a_term(count: int, tmp_path: Path) -> None:
    everyone = people(count)
    term = Term(tmp_path, everyone)
    late, absent = everyone[: count // 6], everyone[count // 6 : count // 4]
    on_time = everyone[count // 4 :]
    copy_course(tmp_path / "course")
    (tmp_path / "class").mkdir()
    write_roster(tmp_path / "roster.csv", everyone, 6)
    for number, person in enumerate(on_time):
        term.hand_in(person, number)
    first = term.grade(
        *(tmp_path / "class", "--roster", tmp_path / "roster.csv"),
        *("--canvas", f"{ID}={ASSIGNMENT}", "--seed", SEED),
    )
    same = term.grade(tmp_path / "class")

    # The first run is stopped, then killed, then continued without what the folder remembers.
    term.stop(2, signal.SIGINT, *first)
    term.adds_up(stopped=True)
    term.stop(2, signal.SIGKILL, *same)
    term.run(*term.write_again())
    term.adds_up(stopped=True)
    assert graded(term.run(*same)) <= len(on_time) - 3
    term.adds_up()
    assert graded(term.run(*same)) == 0

    # Late work alone, of which two are handed in again: one is right now, and one no longer is.
    better = next(p for p in on_time if term.deserved[p.login] == "wrong answer")
    worse = next(p for p in on_time if term.deserved[p.login] == "accepted")
    files = {person.file(late=True): RIGHT[0] for person in late}
    files |= {better.file(1, late=True): RIGHT[1], worse.file(1, late=True): WRONG[0]}
    write_zip(tmp_path / "late.zip", files)
    handed_in_late = {p.login: "accepted" for p in (*late, better)} | {worse.login: "wrong answer"}
    term.stop(1, signal.SIGKILL, *term.grade(tmp_path / "late.zip"))
    term.run(*term.write_again())
    term.deserved |= handed_in_late
    term.adds_up(stopped=True)
    printed = term.run(*term.grade(tmp_path / "late.zip"))
    assert 0 < graded(printed) < len(files)
    term.adds_up()
    assert f"{better.login}, {ID}: another submission counts in place of" in printed
    assert {s for s, row in term.rows().items() if row[f"{ID} late"]} == set(handed_in_late)
    # Work on time that is graded again does not come back.
    assert graded(term.run(*same)) == 0
    term.adds_up()

    # One student is graded again: first nothing has changed, then the file has.
    one = next(p for p in on_time if term.deserved[p.login] == "run-time error")
    assert graded(term.run(*same, "--only", one.number, "--force")) == 1
    term.adds_up()
    (tmp_path / "class" / one.file()).write_text(RIGHT[2].read_text())
    term.stop(0, signal.SIGKILL, *same, "--only", one.name)
    assert graded(term.run(*same, "--only", one.name)) == 1
    term.deserved[one.login] = "accepted"
    term.adds_up()

    # Decisions by hand.
    with (term.results / "decisions.csv").open("a") as file:
        file.write(f"{better.number},{ID},,+1,Explained it well\n")
        file.write(f"{absent[0].login},{ID},,3,Ill; shown in person\n")
    decisions = (term.results / "decisions.csv").read_text()
    term.kill_while_it_writes(*term.write_again())
    term.run(*term.write_again())
    term.adds_up()
    assert term.rows()[better.login][f"{ID} score"] == "7"
    assert term.rows()[absent[0].login][f"{ID} score"] == "3"
    assert "Explained it well" in term.rows()[better.login][f"{ID} decided"]

    # The points of a group change, and nothing is run.
    problem = tmp_path / "course" / "problems" / ID / "problem.py"
    text = problem.read_text().replace(
        'Group("a batch of tall images", 2)', 'Group("a batch of tall images", 5)'
    )
    problem.write_text(text)
    before = {s: row[f"{ID} score"] for s, row in term.rows().items()}
    term.kill_while_it_writes(*term.write_again())
    printed = term.run(*term.write_again())
    assert f"{ID} has 9 points here and 6 in Canvas" in printed
    term.adds_up()
    accepted = [s for s, verdict in term.deserved.items() if verdict == "accepted"]
    after = {s: row[f"{ID} score"] for s, row in term.rows().items()}
    assert {s: after[s] for s in accepted} == {s: str(int(before[s]) + 3) for s in accepted}
    assert {row["of"] for row in term.rows().values()} == {"9"}
    assert graded(term.run(*same)) == 0
    term.adds_up()

    # The roster gives one student another name, and one another login.
    everyone[-1] = Person(everyone[-1].login, "Quite Another", everyone[-1].number)
    moved = everyone.index(better)
    everyone[moved] = Person("new-login", better.name, better.number)
    term.deserved["new-login"] = term.deserved.pop(better.login)
    write_roster(tmp_path / "new.csv", everyone, 9)
    term.kill_while_it_writes(*term.write_again("--roster", tmp_path / "new.csv"))
    printed = term.run(*term.write_again("--roster", tmp_path / "new.csv"))
    term.adds_up()
    assert term.rows()[everyone[-1].login]["name"] == "Quite Another"
    assert term.rows()["new-login"][f"{ID} score"] == "10"

    # A last run over everything, from an empty folder with the same decisions.
    whole = tmp_path / "whole"
    shutil.copytree(tmp_path / "class", whole)
    for name, source in files.items():
        shutil.copyfile(source, whole / name)
    there = tables(term.results)
    (tmp_path / "results").rename(tmp_path / "before")
    term.results.mkdir()
    (term.results / "decisions.csv").write_text(decisions)
    term.run(
        *term.grade(whole, "--roster", tmp_path / "new.csv", "--seed", SEED),
        *("--canvas", f"{ID}={ASSIGNMENT}"),
    )
    term.adds_up()
    assert tables(term.results) == there


@pytest.mark.sweep
def test_a_folder_that_holds_no_class_yet_takes_any_seed_and_a_class_keeps_its_problems(
    tmp_path: Path,
) -> None:
    term = Term(tmp_path, people(2))
    term.deserved["u00"] = "wrong answer"
    copy_course(tmp_path / "course")
    one = tmp_path / "class" / term.everyone[0].file()
    one.parent.mkdir()
    one.write_text(WRONG[0].read_text())
    (tmp_path / "late" / "u01").mkdir(parents=True)
    (tmp_path / "late" / "u01" / "essay.pdf").write_bytes(b"%PDF")
    write_roster(tmp_path / "roster.csv", term.everyone, 6)
    roster = "--roster", tmp_path / "roster.csv"
    (term.results / ".git").mkdir(parents=True)
    with term.start(*term.grade(tmp_path / "class", *roster), "--canvas", f"{ID}=1") as refused:
        refused.communicate()
    assert refused.returncode == 2
    canvas = "--canvas", f"{ID}={ASSIGNMENT}"
    first = term.grade(tmp_path / "class", *roster, *canvas, "--seed", SEED)
    assert f"seed {SEED}" in term.run(*first)
    term.adds_up()
    # Late work without --problem, of which nothing can be graded.
    course = "--course", tmp_path / "course"
    printed = term.run("grade", tmp_path / "late", "-o", term.results, *course)
    assert "student  problem" not in printed, "an empty table"
    term.deserved["u01"] = "could not be read"
    rows = term.rows()
    assert {row["of"] for row in rows.values()} == {"6"}
    assert rows["u01"][f"{ID} verdict"] == "could not be read"
    assert rows["u01"]["total"] == ""
    # The first folder again, with another file for the other problem.
    other = one.with_name(one.name.replace(ID, "vit_patch_embed"))
    other.write_text("def patch_embed_forward(*a):\n    raise ValueError(1)\n")
    printed = term.run("grade", tmp_path / "class", "-o", term.results, *course)
    assert "vit_patch_embed is new in this class" in printed
    assert {row["of"] for row in term.rows().values()} == {"12"}
