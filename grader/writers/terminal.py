"""The terminal: messages, and the table of a run."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Column, Table
from rich.text import Text

from ..common.text import quote, visible
from ..common.verdict import Verdict
from ..report.report import Report
from ..report.run import Decided, Run
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


def print_table(
    console: Terminal,
    reports: Sequence[Report],
    left_out: Sequence[NotUnderstood],
    decided: Sequence[Decided] = (),
) -> None:
    """A line for each report: student, problem, verdict, score, time; and by how much it is late,
    if one is. Its sentences are below it, and what was decided by hand. Last, what was not graded.
    """
    late = any(report.late for report in reports)
    headings = ["student", "problem", "verdict", "score", *["late"] * late, "time"]
    right = ("score", "time")
    columns = (Column(justify="right" if word in right else "left") for word in headings)
    table = Table.grid(*columns, padding=(0, 2, 0, 0))
    names = _names(reports)
    by_hand = {(item.student, item.problem_id): item for item in decided}
    of_reports = [by_hand.get((report.student, report.problem_id)) for report in reports]
    table.add_row(*headings, style="bold")
    for report, decision in zip(reports, of_reports, strict=True):
        score = decision.score if decision else report.score
        table.add_row(
            Text(names[report.student]),
            Text(report.problem_id),
            Text(report.verdict.words, COLOURS.get(report.verdict, "yellow")),
            f"{'?' if score is None else score}/{report.max_score}",
            *[Text(report.late)] * late,
            f"{report.seconds:.1f} s",
        )
    sentences = [
        (
            *(f.sentence for f in report.diagnosis.findings[:1]),
            report.message,
            *report.all_notes,
            *(f"By hand: {reason}" for reason in (decision.reasons if decision else ())),
        )
        for report, decision in zip(reports, of_reports, strict=True)
    ]
    console.print()
    indent = max(map(cell_len, ("student", *names.values()))) + 2
    if reports:
        print_with_notes(console, table, sentences, indent)
    for item in left_out:
        console.say(visible(f"Not graded: {item.path}: {item.why}"))


def print_summary(console: Terminal, run: Run) -> None:
    """How many students of the class have each verdict, and are late: one line for each problem."""
    console.print()
    for problem in run.problems:
        counts = Counter(run.words(student, problem) for student in run.enrolled)
        words = [f"{count:,} {what}" for what, count in counts.most_common()]
        late = sum(bool(r.late) for r in run.reports if r.problem_id == problem.id)
        said = ", ".join(words) + (f"; {late} late" if late else "")
        console.print(Text(f"{problem.id}: ", "bold").append(said, ""), soft_wrap=True)
    if run.not_understood:
        number = len(run.not_understood)
        were = "file or folder was" if number == 1 else "files or folders were"
        console.say(f"{number:,} {were} not graded; index.html says why.")
    console.print()


def print_matching(console: Terminal, matching: Matching) -> None:
    """What does not fit between roster and submissions, and why students have no score."""
    lines = list(matching_lines(matching))
    for line in lines:
        console.say(line, "bold yellow")
    groups = unclear_by_words(matching)
    # Of what is not graded yet, the reason is the same for all.
    reasons = [item for what, items in groups.items() for item in items if what != "not graded yet"]
    if "not graded yet" in groups:
        console.say("To grade it, give the command that found it, without --only or --problem.")
    for item in reasons[:MOST_CHOICES]:
        console.say(visible(f"{short_name(item.student)}: {item.words}: {item.why}"), indent=2)
    _say_more(console, reasons)
    if lines:
        console.print()


def print_look_alike(console: Terminal, sentences: Mapping[str, str]) -> None:
    """The students whose name may be read as another, a line each."""
    shown = [*sentences.values()]
    for sentence in shown[:MOST_CHOICES]:
        console.say(sentence, "bold yellow")
    _say_more(console, shown)
    if shown:
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
