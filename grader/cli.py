"""The command `grader`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

WORKED, USAGE_ERROR, JUDGE_ERROR = 0, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status: 0, 2 (usage), 3 (judge error), 130 (Ctrl-C)."""
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
    grade.set_defaults(run=_grade)
    return parser


def _grade(options: argparse.Namespace) -> int:
    # Imported here, so that `grader --help` starts at once.
    from rich.console import Console
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
    from .writers.terminal import announcing, print_table

    console, errors = Console(highlight=False), Console(stderr=True, highlight=False)

    def refuse(message: object) -> int:
        errors.print(Text(visible(str(message), keep="\n")), soft_wrap=True)
        return USAGE_ERROR

    try:
        course = find_course(Path.cwd())
        entries = [course.get(options.problem)] if options.problem else [*course.entries.values()]
    except CourseError as error:
        return refuse(error)
    for path in options.paths:
        if not path.exists():
            return refuse(f"There is no file or folder {path}. Check the path and call again.")
    if options.json and not options.json.absolute().parent.is_dir():
        return refuse(f"--json: there is no folder {options.json.parent}. Make it first.")
    submissions, not_understood = find_submissions(options.paths, entries)
    if not submissions:
        for item in not_understood:
            refuse(f"{item.path}: {item.why}.")
        return refuse("Nothing to grade.")
    try:
        sandbox = choose_sandbox(options.sandbox, [course.root / "solutions", *options.paths])
    except SandboxError as error:
        return refuse(error)
    if not sandbox.confines:
        errors.print(
            "[bold red]No sandbox:[/] submissions run with your rights and can read, change and "
            "send whatever you can. Grade only code of your own this way."
        )

    seed = fresh_seed() if options.seed is None else options.seed
    console.print(
        f"{len(submissions)} submissions, sandbox {sandbox.name}, seed {seed} "
        f"(--seed {seed} repeats this run). Working out the right answers …",
        soft_wrap=True,
    )
    needed = {submission.problem_id for submission in submissions}
    oracle = Reference()
    plans = [make_plan(entry, seed, oracle) for entry in entries if entry.id in needed]
    with announcing(console, len(submissions)) as announce:
        reports = grade_all(submissions, plans, sandbox, announce)

    print_table(console, reports, not_understood)
    if options.json:
        try:
            write_json(options.json, seed, reports, not_understood)
        except OSError as error:
            refuse(f"The report could not be written to {options.json}: {error.strerror}.")
            return JUDGE_ERROR
        console.print(Text(visible(f"Full report: {options.json}")), soft_wrap=True)
    failed = [report for report in reports if report.verdict is Verdict.JUDGE_ERROR]
    for report in failed:
        refuse(f"Judge error, {report.submission}: {report.detail}")
    return JUDGE_ERROR if failed else WORKED


def _seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**63:
        raise argparse.ArgumentTypeError("a seed is a whole number from 0 to 2**63 - 1")
    return value


if __name__ == "__main__":
    sys.exit(main())
