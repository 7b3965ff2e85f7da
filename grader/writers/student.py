"""What a student reads after a check: the first failing group in full, the rest a line each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..common.text import visible
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..judging.kind import Kind
from ..report.report import CaseReport, Report
from ..report.run import Run
from ..submissions.student import Student
from .blocks import heat_lines, reading_lines
from .terminal import Terminal, table_lines

RIGHT, WRONG, NOT_RUN = "✓", "✗", "·"


def print_check(console: Terminal, entry: Entry, report: Report) -> None:
    """The answer to one check, ending in one thing to do next."""
    problem = entry.problem
    title = Text(entry.id, "bold")
    title.append(f"  {visible(report.submission)}", "dim")
    console.print()
    console.print(title, soft_wrap=True)
    groups: dict[str, list[CaseReport]] = {}
    for case in report.cases:
        groups.setdefault(case.group, []).append(case)
    told = False
    if report.kind is Kind.NOT_STARTED or not any(case.verdict for case in report.cases):
        _in_full(console, report)
        told = True
        groups = {}
    for name, cases in groups.items():
        if all(case.accepted for case in cases):
            mark, style = RIGHT, "green"
        elif any(case.verdict is not None and not case.accepted for case in cases):
            mark, style = WRONG, "red"
        else:
            mark, style = NOT_RUN, "dim"
        console.print(Text(f"  {mark} {problem.groups[name].purpose}", style), soft_wrap=True)
        if mark == WRONG and not told:
            told = True
            _in_full(console, report)
    if not told and report.verdict is not Verdict.ACCEPTED:
        _in_full(console, report)
    for note in report.notes:
        console.print(Padding(Text(visible(note), "dim"), (0, 0, 0, 4)))
    console.print()
    console.print(Text(f"  {_next(entry, report, groups)}"))


def _in_full(console: Terminal, report: Report) -> None:
    console.print()
    told = report.diagnosis
    for finding in told.findings:
        console.print(Padding(Text(visible(finding.sentence), "bold"), (0, 0, 1, 4)))
    console.print(Padding(Text(visible(report.message)), (0, 0, 1, 4)))
    if told.example:
        console.print(Padding(Text("On the smallest input that shows it:", "dim"), (0, 0, 1, 4)))
        _lines(console, told.example)
    # One picture is enough: where the wrong pixels are read, wrong numbers are no news.
    if told.reading is not None and told.reading.astray:
        if told.reading.finding not in told.findings:
            console.print(Padding(Text(told.reading.finding.sentence), (0, 0, 1, 4)))
        _lines(console, reading_lines(told.reading))
    elif told.heat is not None:
        _lines(console, heat_lines(told.heat))
    if report.output and report.verdict is not Verdict.ACCEPTED:
        last = report.output.strip().splitlines()[-5:]
        console.print(Padding(Text("It printed:", "dim"), (0, 0, 0, 4)))
        for line in last:
            console.print(Padding(Text(visible(line[:200]), "dim"), (0, 0, 0, 6)))
        console.print()


def _lines(console: Terminal, lines: Iterable[str]) -> None:
    for line in lines:
        console.print(Text(f"      {visible(line)}"), soft_wrap=True)
    console.print()


def _next(entry: Entry, report: Report, groups: dict[str, list[CaseReport]]) -> str:
    if report.verdict is Verdict.ACCEPTED:
        return f"All {len(groups)} groups are right. What counts is graded on other cases: hand in."
    if report.verdict is Verdict.JUDGE_ERROR:
        return "This is our fault and not yours. Tell your instructor."
    if report.kind is Kind.NOT_STARTED:
        return f"Read `grader show {entry.id}`, fill in the function, and check again."
    stuck = f"Stuck? `grader hint {entry.id}`."
    if not groups:
        return f"Mend this and check again. {stuck}"
    right = sum(all(case.accepted for case in cases) for cases in groups.values())
    return f"{right} of {len(groups)} groups are right. Mend this one and check again. {stuck}"


def print_explained(console: Terminal, student: Student, run: Run) -> None:
    """All that a run found out about one student."""
    console.print()
    console.print(Text(f"{visible(student.shown)}  {visible(student.email)}".rstrip(), "bold"))
    for problem in run.problems:
        report = run.report(student, problem)
        console.print()
        title = Text(problem.id, "bold")
        if report is None:
            console.print(title.append("  nothing handed in", "dim"))
            continue
        points = "?" if report.score is None else report.score
        title.append(f"  {report.verdict.words}, {points} of {report.max_score} points")
        console.print(title, soft_wrap=True)
        console.print(Text(f"  {visible(report.submission)}", "dim"), soft_wrap=True)
        for group in report.groups:
            right = group.points == group.max_points
            text = f"  {RIGHT if right else WRONG} {group.points}/{group.max_points}  "
            console.print(Text(text + group.purpose, "green" if right else "red"), soft_wrap=True)
        if report.verdict is not Verdict.ACCEPTED:
            _in_full(console, report)
        for note in report.notes:
            console.print(Padding(Text(visible(note), "dim"), (0, 0, 0, 4)))


def print_list(console: Terminal, rows: Sequence[tuple[str, str, str]]) -> None:
    """Problems, one a line: id, state, title."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for problem_id, state, title in rows:
        style = {"accepted": "green", "started": "yellow"}.get(state, "dim")
        table.add_row(Text(problem_id), Text(state, style), Text(title))
    for line in table_lines(console, table):
        console.print(line, soft_wrap=True)
