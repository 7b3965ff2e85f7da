"""Writes the skeleton of a problem: every file that the problem needs, with a TODO for each part
that its author writes. `grader verify ID` then says what is missing, step by step.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..authoring.new_problem import course_around, write_skeleton
from ..common.errors import WORKED
from ..writers.terminal import Terminal


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="its name, such as layer_norm")


def run(options: argparse.Namespace) -> int:
    root = options.course or course_around(Path.cwd())
    console = Terminal()
    for path in write_skeleton(root, options.id):
        console.say(f"wrote {path.relative_to(root)}")
    console.say(f"Replace each TODO. `grader verify {options.id}` says what is missing.")
    return WORKED
