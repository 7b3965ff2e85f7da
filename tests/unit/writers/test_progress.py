"""Progress of a class, on a clock of its own: reports as they come, and what it waits for."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest
from support.synthetic import synthetic_run

from grader.submissions import Submission
from grader.writers import progress
from grader.writers.progress import QUIET, ClassProgress, show_progress
from grader.writers.terminal import Terminal

ADA, BELA, CY, DEE, EVE = (
    Submission(name, Path(name), "cls") for name in ("ada", "bela", "cy", "dee", "\x1b[2J")
)
REPORT = dataclasses.replace(synthetic_run(1).reports[0], student="another")
WORDS = REPORT.verdict.words


class Shown:
    """What a class without a terminal prints."""

    def __init__(self, total: int) -> None:
        self.now = 0.0
        self.console = Terminal()
        self.console.file = io.StringIO()
        names = {"ada": "Ada Lovelace"}
        self.progress = ClassProgress(self.console, total, names, lambda: self.now)

    def after(self, seconds: float) -> str:
        """What is printed in these seconds, by one tick at their end."""
        self.now += seconds
        self.progress.tick()
        return self.printed()

    def printed(self) -> str:
        assert isinstance(self.console.file, io.StringIO)
        text = self.console.file.getvalue()
        self.console.file = io.StringIO()
        return text


def test_a_line_says_who_is_waited_for() -> None:
    shown = Shown(41)
    with shown.progress.running(ADA):
        assert shown.after(QUIET - 1) == ""
        with shown.progress.running(BELA):
            assert shown.after(1) == (
                "Waiting for Ada Lovelace (cls) for 15 s, bela (cls) for 1 s; 41 of 41 left.\n"
            )
            assert shown.after(1) == ""
            assert "Ada Lovelace (cls) for 30 s" in shown.after(14)
            assert shown.after(QUIET) == ""  # each line comes after twice the time
            assert "for 60 s" in shown.after(QUIET)
        shown.progress.done(BELA, REPORT)
        assert shown.printed() == f"[1/41] bela cls: {WORDS}\n"
        assert shown.after(QUIET - 1) == ""
        assert shown.after(1) == "Waiting for Ada Lovelace (cls) for 75 s; 40 of 41 left.\n"
    assert shown.after(1000) == ""


def test_nobody_is_waited_for_before_anything_runs() -> None:
    shown = Shown(2)
    assert shown.after(1000) == ""
    with shown.progress.running(ADA):
        assert shown.after(QUIET - 1) == ""


def test_only_those_who_run_longest_are_named_and_harmless() -> None:
    shown = Shown(9)
    with (
        shown.progress.running(EVE),
        shown.progress.running(CY),
        shown.progress.running(DEE),
        shown.progress.running(BELA),
        shown.progress.running(ADA),
    ):
        line = shown.after(QUIET)
    assert line.startswith(r"Waiting for \x1b[2J (cls) for 15 s, cy (cls) for 15 s, dee (cls) for")
    assert line.endswith("15 s and 2 more; 9 of 9 left.\n")


def test_a_bar_says_who_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")  # so it takes the file for a terminal
    monkeypatch.setattr(progress, "QUIET", 0.0)
    console = Terminal()
    console.file = io.StringIO()
    console.width = 200
    with show_progress(console, 2) as shown:
        with shown.running(ADA):
            shown.tick()
            assert "Waiting for ada (cls) for 0 s; 2 of 2 left." in drawn(shown, console)
        shown.done(ADA, REPORT)
        assert f"1 {WORDS}" in drawn(shown, console)
        shown.say("A sentence.")
    assert "A sentence." in console.file.getvalue()


def drawn(shown: ClassProgress, console: Terminal) -> str:
    assert isinstance(shown, progress._Bar)
    shown._bar.refresh()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
