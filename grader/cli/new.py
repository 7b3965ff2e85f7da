"""`grader new`: writes the skeleton of a problem, with every file that its author owes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..common.errors import WORKED
from .options import add_course


def add(commands: Any) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "new",
        help="begin a new problem",
        description="Writes the skeleton of a problem: every file that its author owes, each "
        "marked TODO where something is to be written. `grader verify ID` then says what is "
        "missing, step by step.",
    )
    parser.add_argument("id", metavar="ID", help="its name, such as layer_norm")
    add_course(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Writes the files, and returns the exit status."""
    from ..authoring.new_problem import course_around, write_skeleton
    from ..writers.terminal import Terminal

    root = options.course or course_around(Path.cwd())
    written = write_skeleton(root, options.id)
    console = Terminal()
    for path in written:
        console.say(f"wrote {path.relative_to(root)}")
    console.say(f"Replace each TODO. `grader verify {options.id}` says what is missing.")
    return WORKED
