"""The terminal: live progress, and the table of a run."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from ..common.text import quote, visible
from ..common.verdict import Verdict
from ..report.report import Report
from ..report.run import Run
from ..submissions import NotUnderstood, Submission

WIDEST_TABLE = 10_000  # cells
COLOURS = {Verdict.ACCEPTED: "green", Verdict.JUDGE_ERROR: "bold magenta"}


class Terminal(Console):
    """A console whose reader may leave: the run goes on, and its report is written."""

    def __init__(self, stderr: bool = False):
        super().__init__(stderr=stderr, highlight=False)

    def say(self, message: object) -> None:
        """Prints a message of ours, with its lines and no markup; nothing in it hides.

        Names and words of others in it are quoted or made visible by who writes the message: a
        line end of theirs would look like a line of ours.
        """
        self.print(Text(visible(str(message), keep="\n")), soft_wrap=True)

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Announcer:
    """Tells of each report as it comes: a bar on a terminal, a plain line elsewhere."""

    def __init__(self, console: Console, total: int, progress: Progress | None):
        self._console, self._total, self._progress = console, total, progress
        self._counts: Counter[Verdict] = Counter()
        if progress:
            self._task = progress.add_task("", total=total, rate="")

    def __call__(self, _: Submission, report: Report) -> None:
        self._counts[report.verdict] += 1
        if self._progress:
            counts = ", ".join(f"{n} {verdict.words}" for verdict, n in self._counts.items())
            speed = self._progress.tasks[self._task].speed or 0.0
            self._progress.update(
                self._task, advance=1, description=counts, rate=f"{60 * speed:.0f}/min,"
            )
        else:
            done = sum(self._counts.values())
            who = f"{_name(report.student)} {report.problem_id}"
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
        TextColumn("{task.fields[rate]} left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Announcer(console, total, progress)


def print_table(
    console: Console, reports: Sequence[Report], not_understood: Sequence[NotUnderstood]
) -> None:
    """Who, which problem, verdict, score and time in a line; the sentence that matters below it."""
    table = Table.grid(
        *("", "", "", Column(justify="right"), Column(justify="right")), padding=(0, 2, 0, 0)
    )
    names = _names(reports)
    table.add_row("student", "problem", "verdict", "score", "time", style="bold")
    for report in reports:
        table.add_row(
            Text(names[report.student]),
            Text(report.problem_id),
            Text(report.verdict.words, COLOURS.get(report.verdict, "yellow")),
            f"{'?' if report.score is None else report.score}/{report.max_score}",
            f"{report.seconds:.1f} s",
        )
    indent = max(map(cell_len, ("student", *names.values()))) + 2
    headings, *lines = table_lines(console, table)
    console.print()
    console.print(headings, soft_wrap=True)
    console.print(Rule(characters="─", style="dim"))
    for report, line in zip(reports, lines, strict=True):
        console.print(line, soft_wrap=True)
        found = [finding.sentence for finding in report.diagnosis.findings[:1]]
        for sentence in (*found, report.message, *report.notes):
            console.print(Padding(Text(visible(sentence)), (0, 0, 0, indent)))
    console.print()
    told = {note for report in reports for note in report.notes}
    for item in not_understood:
        if item.why in told:  # below the submission that was graded instead
            continue
        text = f"Not graded: {item.path}: {item.why}"
        console.print(Text(visible(text)), soft_wrap=True)


def print_summary(console: Console, run: Run) -> None:
    """How many there are of each verdict, problem by problem: a line each."""
    console.print()
    for problem in run.problems:
        counts = Counter(r.verdict for r in run.reports if r.problem_id == problem.id)
        nothing = len(run.students) - sum(counts.values())
        text = Text(f"{problem.id}: ", "bold")
        told = [f"{count} {verdict.words}" for verdict, count in counts.most_common()]
        text.append(", ".join([*told, *([f"{nothing} handed in nothing"] if nothing else [])]), "")
        console.print(text, soft_wrap=True)
    if run.not_understood:
        console.print(
            f"{len(run.not_understood)} files or folders were not graded, and why is told."
        )
    console.print()


def table_lines(console: Console, table: Table) -> list[Text]:
    """A table line by line, for what else is to be printed below each.

    It is as wide as its cells, whatever the console's width: print the lines with `soft_wrap`.
    """
    options = console.options.update(width=WIDEST_TABLE)
    lines = []
    for segments in console.render_lines(table, options, pad=False):
        line = Text.assemble(*((segment.text, segment.style or "") for segment in segments))
        line.rstrip()
        lines.append(line)
    return lines


def _names(reports: Sequence[Report]) -> dict[str, str]:
    """By the students' ids. Two whose names look alike are told apart by their ids in ASCII."""
    shown = {report.student: _name(report.student) for report in reports}
    looks = Counter(unicodedata.normalize("NFKC", name) for name in shown.values())
    return {
        student: f"{name} ({ascii(student)[1:-1]})"
        if looks[unicodedata.normalize("NFKC", name)] > 1
        else name
        for student, name in shown.items()
    }


def _name(student: str) -> str:
    """In at most 30 characters: the beginning and the end, which tell people apart."""
    name = quote(student, 1000) or "(no name)"
    return name if len(name) <= 30 else f"{name[:15]}…{name[-14:]}"
