"""Shows what a run found out about one student: verdicts, points by group, and what is wrong, with
the smallest input that shows it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..common.errors import WORKED, UsageError
from ..report.results_folder import read_run
from ..submissions.find_student import find_student, no_student
from ..writers.student import print_explained
from ..writers.terminal import Terminal


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS", help="the results folder of a run")
    parser.add_argument(
        "student", metavar="STUDENT", help="an id, login, e-mail address, number or name"
    )


def run(options: argparse.Namespace) -> int:
    results = read_run(options.results)
    student = find_student(options.student, results.students)
    if isinstance(student, list):
        raise UsageError(no_student(options.student, student))
    print_explained(Terminal(), student, results)
    return WORKED
