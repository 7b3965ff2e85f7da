"""`grader verify`: proves that problems are sound, or says what to fix."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..common.errors import UNSOUND, WORKED
from .options import add_course, add_jobs, add_sandbox, count


def add(commands: Any) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "verify",
        help="prove that problems are sound",
        description="Tries everything in a problem's folders: every right way must be accepted "
        "and every mistake must get the verdict of its folder, under every seed. Prints what it "
        "found step by step, and stops at the first step that finds something to fix. The exit "
        "status is 0 if every problem is sound, 1 if one is not, 2 if the command was wrong.",
    )
    parser.add_argument("ids", nargs="*", metavar="ID", help="problems (default: all)")
    parser.add_argument(
        "--seeds",
        type=_seeds,
        default=range(3),
        metavar="N|A-B",
        help="try so many runs (default: 3), or those of seeds A to B, to spread many runs over "
        "machines or evenings",
    )
    parser.add_argument(
        "--matrix",
        type=count,
        default=1,
        metavar="N",
        help="in so many of them go through all cases with every mistake, to see which group "
        "catches which (default: 1); 0 saves time and prints no matrix",
    )
    add_jobs(parser)
    add_sandbox(parser)
    add_course(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Verifies, and returns the exit status."""
    from ..authoring import Options, verify
    from ..authoring.printer import Printer
    from ..common.processors import usable_processors
    from ..course.catalogue import find_course
    from ..oracle.program_cache import keep_compiled
    from ..sandbox import choose_sandbox
    from ..writers.terminal import Terminal

    console = Terminal()
    keep_compiled()
    jobs = options.jobs or usable_processors()
    tried = Options(options.seeds, options.matrix, jobs)
    course = find_course(options.course, Path.cwd())
    ids = options.ids or sorted([*course.entries, *course.broken])
    for problem_id in ids:
        if not (course.root / "problems" / problem_id).is_dir():
            course.get(problem_id)  # which says what there is
    sandbox = choose_sandbox(options.sandbox, [*course.root.glob("solutions/*/reference.py")])
    sound = True
    for problem_id in ids:
        with Printer(console, problem_id) as printer:
            for step in verify(course, problem_id, tried, sandbox, printer.announce):
                printer.add(step)
        sound = sound and printer.sound
    return WORKED if sound else UNSOUND


def _seeds(text: str) -> range:
    first, dash, last = text.partition("-")
    seeds = range(count(first), count(last) + 1) if dash else range(count(first))
    if not seeds:
        raise argparse.ArgumentTypeError("at least one run is needed")
    return seeds
