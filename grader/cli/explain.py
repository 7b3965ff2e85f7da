"""`grader explain`: all that is known of one student, for office hours."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..common.errors import WORKED, UsageError


def add(commands: Any) -> None:
    """Adds the command and its options."""
    explain = commands.add_parser(
        "explain",
        help="show one student's reports",
        description="Prints what a run found out about one student: verdicts, points by group, and "
        "what is wrong, with the smallest input that shows it.",
    )
    explain.add_argument("results", type=Path, metavar="RESULTS", help="the folder of a run")
    explain.add_argument("student", metavar="STUDENT", help="an id, a name or an e-mail")
    explain.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Prints, and returns the exit status."""
    from ..common.text import quote
    from ..report.results_folder import read_run
    from ..writers.student import print_explained
    from ..writers.terminal import Terminal

    whole = read_run(options.results)
    wanted = options.student.casefold()
    found = [s for s in whole.students if options.student == s.id] or [
        s
        for s in whole.students
        if any(wanted in text.casefold() for text in (s.id, s.name, s.email))
    ]
    if len(found) != 1:
        some = ", ".join(quote(student.id) for student in (found or whole.students)[:10])
        what = "Several students have that in their names" if found else "There is no such student"
        raise UsageError(f"{what}: {some}{' …' if len(found or whole.students) > 10 else ''}.")
    print_explained(Terminal(), found[0], whole)
    return WORKED
