"""Writes an archive to upload to Gradescope as the autograder of an assignment. It contains the
references: give it to nobody else.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from ..common.errors import WORKED
from ..course.catalogue import find_course
from ..handout.gradescope.archive import write_archive
from ..writers.terminal import Terminal


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("destination", type=Path, metavar="DEST.zip", help="the archive to write")
    parser.add_argument("--problem", metavar="ID", help="an autograder for this problem only")


def run(options: argparse.Namespace) -> int:
    console = Terminal()
    course = find_course(options.course, Path.cwd())
    if options.problem:
        entry = course.get(options.problem)
        course = dataclasses.replace(course, entries={entry.id: entry}, broken={})
    names = write_archive(course, options.destination)
    points = sum(entry.problem.max_score for entry in course.entries.values())
    size = options.destination.stat().st_size / 2**20
    console.say(f"{options.destination}: {len(names)} files, {size:.1f} MiB.")
    console.say(
        f"Upload it under Configure Autograder, on an Ubuntu 22.04 image or newer. Give the "
        f"assignment {points} autograder points. In its settings, choose 2 processors, 3 GB of "
        "memory and 10 minutes or more: Gradescope gives 0 to a submission that runs out of time."
    )
    console.say(
        "Then try it with a right and a wrong submission of your own (Test Autograder). If no "
        "sandbox works in the container, nothing is graded, and the results say so."
    )
    return WORKED
