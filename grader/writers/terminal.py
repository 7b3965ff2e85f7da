"""The terminal: messages, live progress, and the table of a run."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
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
from ..submissions import NotUnderstood
from ..submissions.roster import Matching
from .matching import matching_lines, unclear_by_words

WIDEST_TABLE = 10_000  # cells
MOST_CHOICES = 20
COLOURS = {Verdict.ACCEPTED: "green", Verdict.JUDGE_ERROR: "bold magenta"}


class Terminal(Console):
    """A console. If its reader goes away, the run continues, and its report is written."""

    def __init__(self, stderr: bool = False):
        super().__init__(stderr=stderr, highlight=False)

    def say(self, message: object, style: str = "", indent: int = 0) -> None:
        """Prints a message as text, without markup. Only an indented one is wrapped.

        Line ends are kept. Escape those in words of others with `visible`: they would look like
        lines of the grader.
        """
        text = Text(visible(str(message), keep="\n"), style)
        self.print(Padding(text, (0, 0, 0, indent)) if indent else text, soft_wrap=not indent)

    def on_broken_pipe(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def show_progress(console: Terminal, total: int) -> Iterator[Callable[[Report], None]]:
    """Yields a function that shows each report: by a bar on a terminal, else by a line."""
    counts: Counter[Verdict] = Counter()

    def line(report: Report) -> None:
        counts[report.verdict] += 1
        name = short_name(report.student)
        console.say(
            f"[{counts.total()}/{total}] {name} {report.problem_id}: {report.verdict.words}"
        )

    if not console.is_terminal:
        yield line
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
        task = progress.add_task("", total=total, rate="")

        def bar(report: Report) -> None:
            counts[report.verdict] += 1
            words = ", ".join(f"{number} {verdict.words}" for verdict, number in counts.items())
            rate = f"{60 * (progress.tasks[task].speed or 0.0):.0f}/min,"
            progress.update(task, advance=1, description=words, rate=rate)

        yield bar


def print_table(
    console: Terminal, reports: Sequence[Report], left_out: Sequence[NotUnderstood]
) -> None:
    """A line for each report: student, problem, verdict, score, time. Its sentences are below it.

    Last, what was not graded.
    """
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
    sentences = [
        (*(f.sentence for f in report.diagnosis.findings[:1]), report.message, *report.all_notes)
        for report in reports
    ]
    console.print()
    indent = max(map(cell_len, ("student", *names.values()))) + 2
    print_with_notes(console, table, sentences, indent)
    for item in left_out:
        console.say(visible(f"Not graded: {item.path}: {item.why}"))


def print_summary(console: Terminal, run: Run) -> None:
    """How many students of the class have each verdict: one line for each problem."""
    console.print()
    for problem in run.problems:
        counts = Counter(run.words(student, problem) for student in run.enrolled)
        words = [f"{count:,} {what}" for what, count in counts.most_common()]
        console.print(Text(f"{problem.id}: ", "bold").append(", ".join(words), ""), soft_wrap=True)
    if run.not_understood:
        number = len(run.not_understood)
        console.say(f"{number} files or folders were not graded; index.html says why.")
    console.print()


def print_matching(console: Terminal, matching: Matching) -> None:
    """What does not fit between roster and submissions, and why students have no score."""
    lines = list(matching_lines(matching))
    for line in lines:
        console.say(line, "bold yellow")
    reasons = [item for items in unclear_by_words(matching).values() for item in items]
    for item in reasons[:MOST_CHOICES]:
        console.say(visible(f"{short_name(item.student)}: {item.words}: {item.why}"), indent=2)
    _say_more(console, reasons)
    if lines:
        console.print()


def print_choices(console: Terminal, choices: Sequence[str]) -> None:
    """What the grader decided without being told, a line each."""
    for choice in choices[:MOST_CHOICES]:
        console.say(visible(choice))
    _say_more(console, choices)
    if choices:
        console.print()


def _say_more(console: Terminal, lines: Collection[object]) -> None:
    if len(lines) > MOST_CHOICES:
        console.say(f"And {len(lines) - MOST_CHOICES:,} more; the JSON report lists them.")


def print_with_notes(
    console: Terminal, table: Table, notes: Iterable[Iterable[str]], indent: int
) -> None:
    """A table with headings, and the notes of each row below it."""
    headings, *lines = table_lines(console, table)
    console.print(headings, soft_wrap=True)
    console.print(Rule(characters="─", style="dim"))
    for line, below in zip(lines, notes, strict=True):
        console.print(line, soft_wrap=True)
        for note in below:
            console.say(visible(note), indent=indent)
    console.print()


def table_lines(console: Console, table: Table) -> list[Text]:
    """A table line by line, each as wide as its cells: print them with `soft_wrap`."""
    options = console.options.update(width=WIDEST_TABLE)
    lines = []
    for segments in console.render_lines(table, options, pad=False):
        line = Text.assemble(*((segment.text, segment.style or "") for segment in segments))
        line.rstrip()
        lines.append(line)
    return lines


def short_name(student: str) -> str:
    """At most 30 characters: the beginning and the end of an id, which tell people apart."""
    name = quote(student, 1000) or "(no name)"
    return name if len(name) <= 30 else f"{name[:15]}…{name[-14:]}"


def _names(reports: Sequence[Report]) -> dict[str, str]:
    """By the students' ids. If two names look alike, their ids follow in ASCII."""
    names = {report.student: short_name(report.student) for report in reports}
    looks = Counter(unicodedata.normalize("NFKC", name) for name in names.values())
    for student, name in names.items():
        if looks[unicodedata.normalize("NFKC", name)] > 1:
            names[student] = f"{name} ({ascii(student)[1:-1]})"
    return names
