"""`grader list`, `show`, `hint` and `solution`: what a course holds, for those who work on it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..common.errors import WORKED
from .options import add_course

if TYPE_CHECKING:
    from ..course.catalogue import Course, Entry
    from ..student.progress import Progress
    from ..writers.terminal import Terminal


def add(commands: Any) -> None:
    """Adds the commands."""
    for name, help_, work in (
        ("list", "the problems, and how far you are", None),
        ("show", "the statement of a problem", _show),
        ("hint", "the next hint", _hint),
        ("solution", "a solution, once yours is accepted", _solution),
    ):
        parser = commands.add_parser(name, help=help_, description=f"Shows {help_}.")
        if work:
            parser.add_argument("id", metavar="ID", help="the problem")
        add_course(parser)
        parser.set_defaults(run=run, work=work)


def run(options: argparse.Namespace) -> int:
    """Shows it, and returns the exit status."""
    from ..course.catalogue import find_course
    from ..student.progress import Progress
    from ..writers.terminal import Terminal

    console = Terminal()
    course = find_course(options.course, Path.cwd())
    progress = Progress.load(course.root)
    if options.work is None:
        _list(course, progress, console)
    else:
        options.work(course, course.get(options.id), progress, console)
    return WORKED


def _list(course: Course, progress: Progress, console: Terminal) -> None:
    from ..student.progress import started, stub
    from ..writers.student import print_list

    rows = []
    for entry in course.entries.values():
        path = stub(entry)
        source = path.read_bytes() if path.is_file() else b""
        state = "not started"
        if progress.is_accepted(entry.id, source):
            state = "accepted"
        elif started(source):
            state = "started"
        rows.append((entry.id, state, entry.problem.title))
    for problem_id in course.broken:
        rows.append((problem_id, "broken", "does not load: get the course again"))
    print_list(console, rows)
    console.say("`grader show ID` is the statement, `grader check ID` checks your stub.")


def _show(course: Course, entry: Entry, progress: Progress, console: Terminal) -> None:
    from rich.markdown import Markdown

    console.print(Markdown((entry.folder / "README.md").read_text("utf-8")))


def _hint(course: Course, entry: Entry, progress: Progress, console: Terminal) -> None:
    from rich.markdown import Markdown

    from ..student.progress import hints

    every = hints(entry)
    number = min(progress.hints.get(entry.id, 0) + 1, len(every))
    console.print(f"[bold]Hint {number} of {len(every)}[/]")
    console.print(Markdown(every[number - 1] if every else "There are none."))
    progress.hints[entry.id] = number
    progress.save(course.root)
    if number == len(every):
        console.say("That was the last one.")


def _solution(course: Course, entry: Entry, progress: Progress, console: Terminal) -> None:
    from rich.syntax import Syntax

    from ..student.progress import stub

    if not entry.reference.is_file():
        console.say("This course comes without solutions; you may be given them later.")
        return
    own = stub(entry)
    if not own.is_file() or not progress.is_accepted(entry.id, own.read_bytes()):
        console.say(f"First have yours accepted: `grader check {entry.id}`.")
        return
    for title, path in (("Yours", own), ("The reference", entry.reference)):
        console.print(f"\n[bold]{title}[/]  {path}")
        console.print(Syntax(path.read_text("utf-8"), "python", background_color="default"))
