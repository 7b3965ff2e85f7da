"""What a student reads after a check, and an instructor about one student."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from ..common.text import visible
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..judging.judgement import Kind
from ..report.report import Report
from ..report.run import GradedProblem, Run
from ..submissions.roster import Student
from .blocks import heat_lines, reading_lines
from .groups import SIGNS, group_outcomes, group_states
from .terminal import Terminal, table_lines

STYLES = {"right": "green", "wrong": "red", "not run": "dim"}
LAST_PRINTED = 5  # lines


def print_verdict(console: Terminal, entry: Entry, report: Report) -> None:
    """The first part of the result of a check: which groups are right, and what went wrong."""
    console.print()
    title = Text(entry.id, "bold").append(f"  {visible(report.submission)}", "dim")
    console.print(title, soft_wrap=True)
    for name, state in _groups(report).items():
        console.say(f"  {SIGNS[state]} {entry.problem.groups[name].purpose}", STYLES[state])
    if report.verdict is not Verdict.ACCEPTED:
        console.print()
        _print_paragraph(console, report.message)


def print_explanation(console: Terminal, entry: Entry, report: Report) -> None:
    """The rest: why it is wrong, and what to do next."""
    if report.verdict is not Verdict.ACCEPTED:
        _print_diagnosis(console, report)
    _print_notes(console, report)
    console.print()
    console.print(Text(f"  {_next_step(entry, report)}"))


def print_explained(console: Terminal, student: Student, run: Run) -> None:
    """Everything that a run found out about one student."""
    console.print()
    console.say(f"{visible(student.shown)}  {visible(student.email)}".rstrip(), "bold")
    for problem in run.problems:
        report = run.report(student, problem)
        console.print()
        title = Text(problem.id, "bold")
        if report is None:
            unclear = run.unclear(student, problem)
            title.append(f"  {run.words(student, problem)}", "dim")
            if run.decision(student, problem):
                title.append(f", {_points(run, student, problem)}")
            console.print(title, soft_wrap=True)
            _print_decision(console, run, student, problem)
            if unclear:
                console.say(f"  {visible(unclear.why)}")
            continue
        title.append(f"  {report.verdict.words}, {_points(run, student, problem)}")
        console.print(title, soft_wrap=True)
        _print_decision(console, run, student, problem)
        console.say(f"  {visible(report.submission)}", "dim")
        if when := ", ".join(filter(None, (report.handed_in, report.late))):
            console.say(f"  Handed in: {visible(when)}", "dim")
        for outcome in group_outcomes(report):
            group, state = outcome.group, "right" if outcome.right else "wrong"
            text = f"  {SIGNS[state]} {group.points}/{group.max_points}  {group.purpose}"
            console.say(text, STYLES[state])
        if report.verdict is not Verdict.ACCEPTED:
            console.print()
            _print_paragraph(console, report.message)
            _print_diagnosis(console, report)
        _print_notes(console, report)


def _points(run: Run, student: Student, problem: GradedProblem) -> str:
    score = run.score(student, problem)
    return f"{'?' if score is None else score} of {problem.max_score} points"


def _print_decision(console: Terminal, run: Run, student: Student, problem: GradedProblem) -> None:
    """What was decided by hand about a mark, a line for each decision."""
    decision = run.decision(student, problem)
    for reason in decision.reasons if decision else ():
        console.say(f"  By hand: {visible(reason)}", "bold")


def print_list(console: Terminal, rows: Sequence[tuple[str, str, str]]) -> None:
    """Problems, one a line: id, state, title."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for problem_id, state, title in rows:
        style = {"accepted": "green", "started": "yellow"}.get(state, "dim")
        table.add_row(Text(problem_id), Text(state, style), Text(title))
    for line in table_lines(console, table):
        console.print(line, soft_wrap=True)


def _groups(report: Report) -> dict[str, str]:
    """The state of each group by its name; empty if no group was run."""
    groups = group_states(report.cases)
    if report.kind is Kind.NOT_STARTED or set(groups.values()) == {"not run"}:
        return {}
    return groups


def _print_diagnosis(console: Terminal, report: Report) -> None:
    """The cause in bold, the evidence, a picture, and what was printed."""
    found = report.diagnosis
    for number, sentence in enumerate(found.sentences):
        _print_paragraph(console, sentence, "" if number else "bold")
    if found.example:
        _print_paragraph(console, "On the smallest input that shows it:", "dim")
        _print_picture(console, found.example)
    if found.heat:
        _print_picture(console, heat_lines(found.heat))
    if found.reading and found.reading.astray:
        _print_picture(console, reading_lines(found.reading))
    if report.output:
        console.say("It printed:", "dim", indent=4)
        for line in report.output.strip().splitlines()[-LAST_PRINTED:]:
            console.say(visible(line[:200]), "dim", indent=6)
        console.print()


def _print_paragraph(console: Terminal, text: str, style: str = "") -> None:
    console.say(visible(text), style, indent=4)
    console.print()


def _print_picture(console: Terminal, lines: Iterable[str]) -> None:
    for line in lines:
        console.say(f"      {visible(line)}")
    console.print()


def _print_notes(console: Terminal, report: Report) -> None:
    for note in report.all_notes:
        console.say(visible(note), "dim", indent=4)


def _next_step(entry: Entry, report: Report) -> str:
    groups = _groups(report)
    if report.verdict is Verdict.ACCEPTED:
        return f"All {len(groups)} groups are right. Now hand in: the grade comes from other cases."
    if report.verdict is Verdict.JUDGE_ERROR:
        return "The grader failed, not your code. Tell your instructor."
    if report.kind is Kind.NOT_STARTED:
        return f"Read `grader show {entry.id}`, fill in the function, and check again."
    right = sum(state == "right" for state in groups.values())
    so_far = f"{right} of {len(groups)} groups are right. " if groups else ""
    return f"{so_far}Fix this and check again. Stuck? `grader hint {entry.id}`."
