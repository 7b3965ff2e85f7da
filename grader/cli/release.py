"""Writes the course that students get: problems with practice cases, the grader, and a README.
Writes nothing if a part of the solutions would be in it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.status import Status

from ..common.errors import WORKED
from ..course.catalogue import find_course
from ..handout.release import release
from ..oracle.program_cache import keep_compiled
from ..writers.terminal import Terminal


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("destination", type=Path, metavar="DEST", help="a new folder")
    parser.add_argument(
        "--with-solutions",
        action="store_true",
        help="include the reference solutions, which `grader solution` shows: after the deadline",
    )


def run(options: argparse.Namespace) -> int:
    console = Terminal()
    course = find_course(options.course, Path.cwd())
    keep_compiled()
    console.say("Recording practice cases and known mistakes: a few minutes.")
    with Status("", console=console) as status:
        if not console.is_terminal:
            status.stop()
        written = release(course, options.destination, options.with_solutions, status.update)
    size = sum((options.destination / path).stat().st_size for path in written) / 2**20
    what = "with the references" if options.with_solutions else "no solutions"
    console.say(f"{options.destination}: {len(written)} files, {size:.1f} MiB, {what}.")
    return WORKED
