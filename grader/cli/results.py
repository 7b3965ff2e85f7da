"""Writes all outputs of a results folder again, and grades nothing: after you edit decisions.csv,
change the points of a group in problem.py, or have another roster.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..common.errors import JUDGE_ERROR, WORKED, ResultsError
from ..course.catalogue import find_course
from ..report.make_run import make_run
from ..report.results_folder import ResultsFolder, read_state
from ..report.run import graded_problem
from ..writers.terminal import Terminal, print_look_alike, print_matching, print_summary
from .class_options import (
    add_class_options,
    canvas_remarks,
    check_class_options,
    with_class_options,
)
from .outputs import write_outputs


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="FOLDER", help="what -o of `grade` named")
    add_class_options(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the full report here too")


def run(options: argparse.Namespace) -> int:
    console, errors = Terminal(), Terminal(stderr=True)
    course = find_course(options.course, Path.cwd())
    roster = check_class_options(options, course)
    state = read_state(options.results)
    if state is None:
        raise ResultsError(
            f"{options.results} holds no results. `grader grade SUBMISSIONS -o {options.results}` "
            "makes them."
        )
    with ResultsFolder(options.results, state.seed) as results:
        state, changes = with_class_options(results.state, options, roster)
        for change in changes:
            errors.say(change)
        ids = [problem.id for problem in state.problems]
        here = [graded_problem(e) for e in course.entries.values() if e.id in ids]
        state = state.with_problems(here)
        for remark in canvas_remarks(state):
            errors.say(remark)
        whole = make_run(state, results.reports(), results.decisions())
        results.save(state)
        lines, written = write_outputs(whole, results, options.json, errors)
    print_summary(console, whole)
    print_matching(console, whole.matching)
    print_look_alike(console, whole.look_alike)
    for line in lines:
        console.say(line)
    return WORKED if written else JUDGE_ERROR
