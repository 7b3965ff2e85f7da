"""`grader grade`: grades submissions in a sandbox."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from . import JUDGE_ERROR, USAGE_ERROR, WORKED
from .options import add_course, add_jobs, add_sandbox


def add(commands: Any) -> None:
    """Adds the command and its options."""
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
    add_jobs(grade)
    add_sandbox(grade)
    grade.add_argument("--json", type=Path, metavar="FILE", help="write the full report here")
    add_course(grade)
    grade.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Grades, and returns the exit status."""
    # Imported here, so that `grader --help` starts at once.
    from ..cases import fresh_seed
    from ..catalogue import CourseError, find_course
    from ..compiled import keep_compiled
    from ..grade_class import (
        compile_for_workers,
        grade_all,
        make_plan,
        usable_processors,
        with_examples,
    )
    from ..oracle import Reference
    from ..practice import SEED
    from ..sandbox import SandboxError, choose_sandbox, prove
    from ..submissions import find_submissions
    from ..verdict import Verdict
    from ..writers.json_file import write_json
    from ..writers.terminal import Terminal, announcing, print_table

    console, errors = Terminal(), Terminal(stderr=True)

    def refuse(message: object) -> int:
        errors.say(message)
        return USAGE_ERROR

    try:
        course = find_course(options.course, Path.cwd())
        entries = [course.get(options.problem)] if options.problem else [*course.entries.values()]
    except CourseError as error:
        return refuse(error)
    broken = {} if options.problem else course.broken
    for problem_id, why in broken.items():
        errors.say(f"Judge error, nothing is graded for {problem_id}: {why}")
    for path in options.paths:
        if not os.path.exists(path):  # unlike Path.exists, it takes a name of any length
            return refuse(f"There is no file or folder {path}. Check the path and call again.")
        if os.path.isdir(path) and os.path.realpath(path) == os.path.realpath(course.root):
            return refuse(f"{path} is the course itself. Name the submissions' folder.")
    if options.json and (options.json.is_dir() or not options.json.absolute().parent.is_dir()):
        return refuse(f"--json: there is no folder {options.json.parent}, or it names a folder.")
    submissions, not_understood = find_submissions(options.paths, entries)
    if not submissions:
        for item in not_understood:
            refuse(f"{item.path}: {item.why}.")
        return refuse("Nothing to grade.")
    try:
        # A link is no secret: it is not read, and may lead to what a worker is allowed to see.
        own = [s.path for s in submissions if not os.path.islink(s.path)]
        secret = [*course.root.glob("solutions/*/reference.py"), *own]
        sandbox = choose_sandbox(options.sandbox, secret)
    except SandboxError as error:
        return refuse(error)
    if not sandbox.confines:
        errors.print(
            "[bold red]No sandbox:[/] submissions run with your rights and can read, change and "
            "send whatever you can. Grade only code of your own this way."
        )

    seed = fresh_seed() if options.seed is None else options.seed
    if seed == SEED:
        errors.say(
            f"Seed {SEED} draws the practice cases, whose answers students have: for marks, take "
            "another one, or none."
        )
    console.print(
        f"Submissions: {len(submissions)}, sandbox {sandbox.name}, seed {seed} "
        f"(--seed {seed} repeats this run). Working out the right answers …",
        soft_wrap=True,
    )
    keep_compiled()
    needed = {submission.problem_id for submission in submissions}
    oracle = Reference()
    plans = [make_plan(entry, seed, oracle) for entry in entries if entry.id in needed]
    compile_for_workers(plans, oracle)
    plans = [with_examples(plan, oracle) for plan in plans]
    with announcing(console, len(submissions)) as announce:
        reports = grade_all(
            submissions,
            plans,
            sandbox,
            announce,
            prove=lambda: prove(sandbox, secret),
            jobs=options.jobs or usable_processors(),
        )

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
        console.say(f"Full report: {options.json}")
    failed = [report for report in reports if report.verdict is Verdict.JUDGE_ERROR]
    for report in failed:
        errors.say(f"Judge error, {report.submission}: {report.detail}")
    return JUDGE_ERROR if failed or broken else WORKED


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and (value := int(text[:20])) < 2**63):
        raise argparse.ArgumentTypeError("a seed is a whole number from 0 to 2**63 - 1")
    return value
