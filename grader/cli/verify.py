"""Tries everything in a problem's folders, step by step: under every seed, every right way must be
accepted, and every mistake must get the verdict of its folder. Stops at the first step that finds
something to fix. The exit status is 0 if every problem is sound, 1 if one is not, and 2 if the
command was wrong.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..authoring import Options, verify
from ..authoring.printer import Printer
from ..common.errors import UNSOUND, WORKED
from ..common.processors import usable_processors
from ..course.catalogue import find_course
from ..oracle.program_cache import keep_compiled
from ..sandbox import choose_sandbox
from ..writers.terminal import Terminal
from .options import add_jobs, add_sandbox, count


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="*", metavar="ID", help="problems (default: all)")
    parser.add_argument(
        "--seeds",
        type=_seeds,
        default=range(3),
        metavar="N|A-B",
        help="how many runs (default: 3), or the runs of seeds A to B, to spread many runs over "
        "machines or evenings",
    )
    parser.add_argument(
        "--matrix",
        type=count,
        default=1,
        metavar="N",
        help="in how many runs every mistake runs all cases, to show which group catches which "
        "mistake (default: 1); 0 saves time and prints no matrix",
    )
    add_jobs(parser)
    add_sandbox(parser)


def run(options: argparse.Namespace) -> int:
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
