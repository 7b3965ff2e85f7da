"""Lists the problems, and shows how far you are with each."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..common.errors import WORKED
from ..course.catalogue import find_course
from ..student.progress import Progress, started, stub
from ..writers.student import print_list
from ..writers.terminal import Terminal


def run(options: argparse.Namespace) -> int:
    console = Terminal()
    course = find_course(options.course, Path.cwd())
    progress = Progress.load(course.root)
    rows = []
    for entry in course.entries.values():
        path = stub(entry)
        source = path.read_bytes() if path.is_file() else b""
        state = "started" if started(source) else "not started"
        if progress.is_accepted(entry.id, source):
            state = "accepted"
        rows.append((entry.id, state, entry.problem.title))
    for problem_id in course.broken:
        rows.append((problem_id, "broken", "does not load: get the course again"))
    print_list(console, rows)
    console.say("`grader show ID` is the statement, `grader check ID` checks your stub.")
    return WORKED
