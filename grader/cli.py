"""The command `grader`."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

WORKED, USAGE_ERROR, JUDGE_ERROR = 0, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status: 0, 2 (usage), 3 (judge error), 130 (Ctrl-C)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a character
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        print("\nStopped; every worker has been ended and nothing was written.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grader",
        description="Graded exercises in JAX, Flax and NumPy, and the grader that judges them.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    grade = commands.add_parser(
        "grade",
        help="grade submissions in a sandbox",
        description="Grades files, students' folders, or a folder of students' folders. The exit "
        "status says whether grading worked, not what the marks are: 0 it did, 2 the command was "
        "wrong, 3 the grader failed on some submission (judge error).",
    )
    grade.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    grade.add_argument("--problem", metavar="ID", help="grade for this problem only")
    grade.add_argument(
        "--seed", type=_seed, metavar="N", help="repeat a run with the same inputs (default: fresh)"
    )
    grade.add_argument(
        "--sandbox",
        choices=("auto", "bubblewrap", "landlock", "none"),
        default="auto",
        help="auto takes bubblewrap where it works, else Landlock; none is for your own code only",
    )
    grade.add_argument("--json", type=Path, metavar="FILE", help="write the full report here")
    grade.add_argument(
        "--course", type=Path, metavar="FOLDER", help="the course to grade by (default: this one)"
    )
    grade.set_defaults(run=_grade)
    return parser


def _grade(options: argparse.Namespace) -> int:
    # Imported here, so that `grader --help` starts at once.
    from rich.text import Text

    from .cases import fresh_seed
    from .catalogue import CourseError, find_course
    from .grade_class import grade_all, make_plan
    from .oracle import Reference
    from .sandbox import SandboxError, choose_sandbox
    from .submissions import find_submissions
    from .text import visible
    from .verdict import Verdict
    from .writers.json_file import write_json
    from .writers.terminal import Terminal, announcing, print_table

    console, errors = Terminal(), Terminal(stderr=True)

    def refuse(message: object) -> int:
        errors.print(Text(visible(str(message), keep="\n")), soft_wrap=True)
        return USAGE_ERROR

    try:
        course = find_course(options.course, Path.cwd())
        entries = [course.get(options.problem)] if options.problem else [*course.entries.values()]
    except CourseError as error:
        return refuse(error)
    for path in options.paths:
        if not os.path.exists(path):  # unlike Path.exists, it takes a name of any length
            return refuse(f"There is no file or folder {path}. Check the path and call again.")
        if path.is_dir() and (path.resolve() / "problems") == course.root / "problems":
            return refuse(f"{path} is the course itself. Name the submissions' folder.")
    if options.json and (options.json.is_dir() or not options.json.absolute().parent.is_dir()):
        return refuse(f"--json: there is no folder {options.json.parent}, or it names a folder.")
    submissions, not_understood = find_submissions(options.paths, entries)
    if not submissions:
        for item in not_understood:
            refuse(f"{item.path}: {item.why}.")
        return refuse("Nothing to grade.")
    try:
        secret = [*course.root.glob("solutions/*/reference.py"), *(s.path for s in submissions)]
        sandbox = choose_sandbox(options.sandbox, secret)
    except SandboxError as error:
        return refuse(error)
    if not sandbox.confines:
        errors.print(
            "[bold red]No sandbox:[/] submissions run with your rights and can read, change and "
            "send whatever you can. Grade only code of your own this way."
        )

    seed = fresh_seed() if options.seed is None else options.seed
    console.print(
        f"Submissions: {len(submissions)}, sandbox {sandbox.name}, seed {seed} "
        f"(--seed {seed} repeats this run). Working out the right answers …",
        soft_wrap=True,
    )
    needed = {submission.problem_id for submission in submissions}
    oracle = Reference()
    plans = [make_plan(entry, seed, oracle) for entry in entries if entry.id in needed]
    with announcing(console, len(submissions)) as announce:
        reports = grade_all(submissions, plans, sandbox, announce)

    unwritten = ""
    if options.json:
        try:
            write_json(options.json, seed, reports, not_understood)
        except OSError as error:
            unwritten = f"The report could not be written to {options.json}: {error.strerror}."
    print_table(console, reports, not_understood)
    if unwritten:
        refuse(unwritten)
        return JUDGE_ERROR
    if options.json:
        console.print(Text(visible(f"Full report: {options.json}")), soft_wrap=True)
    failed = [report for report in reports if report.verdict is Verdict.JUDGE_ERROR]
    for report in failed:
        refuse(f"Judge error, {report.submission}: {report.detail}")
    return JUDGE_ERROR if failed else WORKED


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and (value := int(text[:20])) < 2**63):
        raise argparse.ArgumentTypeError("a seed is a whole number from 0 to 2**63 - 1")
    return value


if __name__ == "__main__":
    sys.exit(main())
