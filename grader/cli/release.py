"""`grader release`: writes the course that students get."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..common.errors import WORKED
from .options import add_course


def add(commands: Any) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "release",
        help="write the course for students, without its solutions",
        description="Writes the course that students get: problems with practice cases, the "
        "grader, and a README. Refuses where anything of the solutions would be in it.",
    )
    parser.add_argument("destination", type=Path, metavar="DEST", help="a folder to be made")
    parser.add_argument(
        "--with-solutions",
        action="store_true",
        help="for after the deadline: with the reference solutions, which `grader solution` shows",
    )
    add_course(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Writes it, and returns the exit status."""
    from rich.status import Status

    from ..course.catalogue import find_course
    from ..handout.release import release
    from ..oracle.program_cache import keep_compiled
    from ..writers.terminal import Terminal

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
