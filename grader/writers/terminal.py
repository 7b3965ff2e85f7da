"""The terminal: live progress, and the table of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ..report import Report
from ..submissions import NotUnderstood
from ..text import quote
from ..verdict import Verdict

COLOURS = {Verdict.ACCEPTED: "green", Verdict.JUDGE_ERROR: "bold magenta"}


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
    """One row a report: who, which problem, verdict, score, the sentence that matters, time."""
    table = Table(expand=True)
    for heading in ("student", "problem", "verdict"):
        table.add_column(heading, overflow="fold")
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("what matters", ratio=1, overflow="fold")
    table.add_column("time", justify="right", no_wrap=True)
    for report in reports:
        marks = "–" if report.score is None else str(report.score)  # noqa: RUF001
        table.add_row(
            Text(quote(report.student, 30)),
            Text(report.problem_id),
            Text(report.verdict.words, style=COLOURS.get(report.verdict, "yellow")),
            Text(f"{marks}/{report.max_score}"),
            Text(" ".join((report.message, *report.notes))),
            Text(f"{report.seconds:.1f} s"),
        )
    console.print(table)
    for path in not_understood:
        console.print(
            Text(f"Not graded: {quote(str(path.path), 120)}: {path.why}."), soft_wrap=True
        )
