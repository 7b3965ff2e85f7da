"""The terminal: live progress, and the table of a run."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.text import Text

from ..report import Report
from ..submissions import NotUnderstood
from ..text import quote, visible
from ..verdict import Verdict

COLOURS = {Verdict.ACCEPTED: "green", Verdict.JUDGE_ERROR: "bold magenta"}


class Terminal(Console):
    """A console whose reader may leave: the run goes on, and its report is written."""

    def __init__(self, stderr: bool = False):
        super().__init__(stderr=stderr, highlight=False)

    def say(self, message: object) -> None:
        """Prints text that may quote others, in lines as long as they are."""
        self.print(Text(visible(str(message), keep="\n")), soft_wrap=True)

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Announcer:
    """Tells of each report as it comes: a bar on a terminal, a plain line elsewhere."""

    def __init__(self, console: Console, total: int, progress: Progress | None):
        self._console, self._total, self._progress = console, total, progress
        self._counts: Counter[Verdict] = Counter()
        if progress:
            self._task = progress.add_task("", total=total)

    def __call__(self, report: Report) -> None:
        self._counts[report.verdict] += 1
        if self._progress:
            counts = ", ".join(f"{n} {verdict.words}" for verdict, n in self._counts.items())
            self._progress.update(self._task, advance=1, description=counts)
        else:
            done = sum(self._counts.values())
            who = f"{quote(report.student, 30)} {report.problem_id}"
            self._console.print(
                Text(f"[{done}/{self._total}] {who}: {report.verdict.words}"), soft_wrap=True
            )


@contextmanager
def announcing(console: Console, total: int) -> Iterator[Announcer]:
    """An announcer for a run of so many submissions."""
    if not console.is_terminal:
        yield Announcer(console, total, None)
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Announcer(console, total, progress)


def print_table(
    console: Console, reports: Sequence[Report], not_understood: Sequence[NotUnderstood]
) -> None:
    """Who, which problem, verdict, score and time in a line; the sentence that matters below it."""
    headings = ("student", "problem", "verdict", "score", "time")
    rows = [headings, *(_row(report) for report in reports)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(headings))]

    def line(row: Sequence[str], verdict_style: str = "") -> Text:
        text = Text()
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            padded = cell.rjust(width) if column > 2 else cell.ljust(width)
            text.append(padded, verdict_style if column == 2 else "")
            text.append("  ")
        text.rstrip()
        return text

    console.print()
    console.print(line(headings), style="bold", soft_wrap=True)
    console.print(Rule(characters="─", style="dim"))
    for report, row in zip(reports, rows[1:], strict=True):
        console.print(line(row, COLOURS.get(report.verdict, "yellow")), soft_wrap=True)
        for sentence in (report.message, *report.notes):
            console.print(Padding(Text(visible(sentence)), (0, 0, 0, widths[0] + 2)))
    console.print()
    for item in not_understood:
        text = f"Not graded: {item.path}: {item.why}"
        console.print(Text(visible(text)), soft_wrap=True)


def _row(report: Report) -> tuple[str, str, str, str, str]:
    marks = "?" if report.score is None else str(report.score)
    return (
        quote(report.student, 30),
        report.problem_id,
        report.verdict.words,
        f"{marks}/{report.max_score}",
        f"{report.seconds:.1f} s",
    )
