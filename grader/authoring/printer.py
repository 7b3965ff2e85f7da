"""Prints a verification: its steps as they come, then which group catches which mistake."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters

from rich.status import Status
from rich.table import Table
from rich.text import Text

from ..common.text import visible
from ..writers.terminal import Terminal, table_lines
from . import Step
from .findings import KillMatrix

NAME_WIDTH = 22
ALWAYS, SOMETIMES, NEVER = "#", "o", "."
MOST_NAMED = 12


class Printer:
    """Prints the steps of one problem; a context in which a terminal shows the progress."""

    def __init__(self, console: Terminal, problem_id: str):
        self._console = console
        self._problem_id = problem_id
        self._status = Status("", console=console)
        self.sound = True

    def __enter__(self) -> Printer:
        self._console.print(Text(self._problem_id, "bold"))
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._status.stop()
        if error is None:
            verdict = "is sound." if self.sound else "is not sound yet. Fix this and verify again."
            style = "bold green" if self.sound else "bold red"
            self._console.print(Text(f"{self._problem_id} {verdict}\n", style))

    def announce(self, trial: str, done: int, total: int) -> None:
        """Shows on a terminal what was tried last."""
        self._status.update(Text(f"{done:,} of {total:,}: {visible(trial)}"))

    def add(self, step: Step) -> None:
        """Prints a step, with all that there is to fix."""
        mark = Text("  no  ", "bold red") if step.complaints else Text("  ok  ", "green")
        found = "" if step.complaints else step.found
        self._console.print(Text.assemble(mark, step.name.ljust(NAME_WIDTH), found), soft_wrap=True)
        for complaint in step.complaints:
            self.sound = False
            self._console.say(f"      {complaint}")
        if step.matrix:
            print_matrix(self._console, step.matrix)


def print_matrix(console: Terminal, matrix: KillMatrix) -> None:
    """A line for each mistake, a column for each group, and what can be read from them."""
    letters = dict(zip(matrix.groups, ascii_letters, strict=False))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row("", "".join(letters.values()))
    for file, row in matrix.rates.items():
        marks = "".join(_mark(row[group]) for group in matrix.groups)
        table.add_row(Text(visible(_name(file))), marks)
    console.print()
    for line in table_lines(console, table):
        console.print(line, soft_wrap=True)
    console.print()
    console.say("  ".join(f"{letter} {group}" for group, letter in letters.items()))
    console.say(
        f"{ALWAYS} caught in all of {matrix.runs} runs, {SOMETIMES} in some, {NEVER} in none"
    )
    console.print()
    caught = [f"{_name(file)} ({group})" for file, group in matrix.caught_by_one.items()]
    console.say(f"Caught by one group only: {_listed(caught)}.")
    not_needed = _listed(matrix.not_needed)
    console.say(f"Groups without which every mistake is still caught: {not_needed}.")


def _mark(rate: float) -> str:
    return ALWAYS if rate == 1 else SOMETIMES if rate else NEVER


def _name(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".py")


def _listed(names: Sequence[str]) -> str:
    more = f", and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (", ".join(names[:MOST_NAMED]) or "none") + more
