"""`grader notebooks`: makes the students' notebooks anew from the problems."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..common.errors import WORKED
from .options import add_course


def add(commands: Any) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "notebooks",
        help="make the notebooks",
        description="Writes notebooks/ID.ipynb for each problem, from its statement and its stub.",
    )
    add_course(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Writes them, and returns the exit status."""
    from ..course.catalogue import find_course
    from ..handout.notebooks import write_notebooks, write_results_notebook
    from ..writers.terminal import Terminal

    course = find_course(options.course, Path.cwd())
    written = [*write_notebooks(course, course.root), write_results_notebook(course.root)]
    for path in written:
        Terminal().say(path)
    return WORKED
