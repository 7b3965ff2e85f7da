"""Writes all outputs of a class, and prints what one command did to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from ..common.files import write_whole
from ..common.slow_steps import say_if_slow
from ..common.text import quote, visible
from ..report.report import Report
from ..report.report_json import to_json
from ..report.results_folder import NoFolder, ResultsFolder
from ..report.run import Replaced, Run
from ..submissions import NotUnderstood
from ..writers.all_outputs import write_all
from ..writers.terminal import (
    Terminal,
    print_choices,
    print_look_alike,
    print_matching,
    print_summary,
    print_table,
)

LONGEST_TABLE = 60  # submissions; with more, and a results folder, only a summary is printed


def write_outputs(
    run: Run, results: ResultsFolder | NoFolder, json: Path | None, errors: Terminal
) -> tuple[list[str], bool]:
    """Writes the results folder's outputs, and the JSON file. Returns a line about each that was
    written, and whether all were.
    """
    lines = []
    folder = results.folder if isinstance(results, ResultsFolder) else None
    both = ((json, "Full report: {}"), (folder, "All results: {}/index.html"))
    outputs = [(path, line) for path, line in both if path]
    for path, line in outputs:
        try:
            if path is json:
                write_whole(path, to_json(run))
            else:
                state = results.state
                with say_if_slow(errors.say, "Writing the results …"):
                    warnings = write_all(run, path, state.assignments, state.roster.canvas_columns)
                for warning in warnings:
                    errors.say(warning)
            lines.append(line.format(path))
        except OSError as error:
            errors.say(f"The report could not be written to {path}: {error.strerror}.")
            if path is folder:
                errors.say(f"What was graded is kept. `grader results {path}` writes all again.")
    for sentence in run.decisions_unused:
        errors.say(visible(sentence))
    return lines, len(lines) == len(outputs)


def print_graded(
    console: Terminal,
    run: Run,
    reports: Sequence[Report],
    replaced: Collection[Replaced],
    passed_over: Collection[NotUnderstood],
    choices: Sequence[str],
    kept: bool,
) -> None:
    """What a command graded, and the class if there is more of it.

    reports, replaced, passed_over, choices: those of this command. kept: whether the pages of a
    results folder say more.
    """
    short = not kept or len(reports) <= LONGEST_TABLE
    if short:
        left_out = [item for item in run.left_out if item in passed_over]
        print_table(console, reports, left_out, run.decided)
    if not short or len(reports) < len(run.reports):
        print_summary(console, run)
    for item in replaced:
        points = "" if item.score is None else f", {item.score} points"
        console.say(
            visible(
                f"{quote(item.student)}, {item.problem_id}: another submission counts in place of "
                f"{item.submission} ({item.verdict}{points})."
            )
        )
    print_choices(console, choices)
    print_matching(console, run.matching)
    print_look_alike(console, run.look_alike)
