"""Shows what a run found out about one student: verdicts, points by group, and what is wrong, with
the smallest input that shows it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..common.errors import WORKED, UsageError
from ..common.text import quote
from ..report.results_folder import read_run
from ..writers.student import print_explained
from ..writers.terminal import Terminal

MOST_NAMES = 10


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", type=Path, metavar="RESULTS", help="the results folder of a run")
    parser.add_argument("student", metavar="STUDENT", help="an id, a name or an e-mail")


def run(options: argparse.Namespace) -> int:
    results = read_run(options.results)
    wanted = options.student.casefold()
    found = [s for s in results.students if options.student == s.id] or [
        s
        for s in results.students
        if any(wanted in text.casefold() for text in (s.id, s.name, s.email))
    ]
    if len(found) != 1:
        students = found or results.students
        names = ", ".join(quote(student.id) for student in students[:MOST_NAMES])
        more = " …" if len(students) > MOST_NAMES else ""
        problem = f"{len(found)} students match" if found else "There is no such student"
        raise UsageError(f"{problem}: {names}{more}.")
    print_explained(Terminal(), found[0], results)
    return WORKED
