"""Shows the statement of a problem, its next hint, or, once yours is accepted, a solution."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.markdown import Markdown
from rich.syntax import Syntax

from ..common.errors import WORKED
from ..course.catalogue import Course, Entry, find_course
from ..student.progress import Progress, hints, stub
from ..writers.terminal import Terminal


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the problem")


def run(options: argparse.Namespace) -> int:
    course = find_course(options.course, Path.cwd())
    entry, console = course.get(options.id), Terminal()
    if options.command == "show":
        console.print(Markdown((entry.folder / "README.md").read_text("utf-8")))
    elif options.command == "hint":
        _hint(course, entry, console)
    else:
        _solution(course, entry, console)
    return WORKED


def _hint(course: Course, entry: Entry, console: Terminal) -> None:
    progress, texts = Progress.load(course.root), hints(entry)
    number = min(progress.hints.get(entry.id, 0) + 1, len(texts))
    console.print(f"[bold]Hint {number} of {len(texts)}[/]")
    console.print(Markdown(texts[number - 1] if texts else "There are none."))
    progress.hints[entry.id] = number
    progress.save(course.root)
    if number == len(texts):
        console.say("That was the last one.")


def _solution(course: Course, entry: Entry, console: Terminal) -> None:
    if not entry.reference.is_file():
        console.say("This course has no solutions. Your instructor may give you them later.")
        return
    path, progress = stub(entry), Progress.load(course.root)
    if not path.is_file() or not progress.is_accepted(entry.id, path.read_bytes()):
        console.say(f"Your solution must be accepted first: `grader check {entry.id}`.")
        return
    for title, source in (("Yours", path), ("The reference", entry.reference)):
        console.print(f"\n[bold]{title}[/]  {source}")
        console.print(Syntax(source.read_text("utf-8"), "python", background_color="default"))
