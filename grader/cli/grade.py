"""`grader grade`: grades submissions in a sandbox."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..common.errors import INTERRUPTED, JUDGE_ERROR, WORKED, UsageError
from .options import a_seed, add_course, add_jobs, add_sandbox, an_assignment

if TYPE_CHECKING:
    from ..course.catalogue import Course, Entry
    from ..grading.class_run import ClassRun
    from ..report.report import Report
    from ..report.run import Run
    from ..submissions import NotUnderstood, Submission
    from ..submissions.student import Student
    from ..writers.terminal import Terminal

LONGEST_TABLE = 60  # submissions, beyond which results that are kept are not printed as well


def add(commands: Any) -> None:
    """Adds the command and its options."""
    grade = commands.add_parser(
        "grade",
        help="grade submissions in a sandbox",
        description="Grades files, students' folders, a folder of students' folders, downloads of "
        "Canvas, nbgrader and Gradescope, or a zip of any of these. With -o, what is known is "
        "kept: the same command goes on where it was stopped. The exit status says whether grading "
        "worked, not what the marks are: 0 it did, 2 the command was wrong, 3 the grader failed on "
        "some submission (judge error).",
    )
    grade.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    grade.add_argument("-o", "--results", type=Path, metavar="FOLDER", help="keep all results here")
    grade.add_argument("--problem", metavar="ID", help="grade for this problem only")
    grade.add_argument(
        "--roster",
        type=Path,
        metavar="CSV",
        help="the class: id, name, e-mail; or Canvas' own",
    )
    grade.add_argument(
        "--pattern", metavar="TEXT", help="where names of files hold the student: '{student}_*.py'"
    )
    grade.add_argument(
        "--dry-run", action="store_true", help="say what was found for whom, and grade nothing"
    )
    grade.add_argument("--force", action="store_true", help="grade again what was graded before")
    grade.add_argument(
        "--seed",
        type=a_seed,
        metavar="N",
        help="repeat a run with the same inputs (default: fresh)",
    )
    grade.add_argument(
        "--canvas",
        type=an_assignment,
        action="append",
        default=[],
        metavar="ID=NUMBER",
        help="the number of a problem's assignment in Canvas, for canvas.csv",
    )
    add_jobs(grade)
    grade.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="run on the workers of this Dask scheduler, or 'local' for a cluster made here",
    )
    add_sandbox(grade)
    grade.add_argument("--json", type=Path, metavar="FILE", help="write the full report here")
    add_course(grade)
    grade.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Grades, and returns the exit status."""
    # Imported here, so that `grader --help` starts at once.
    from ..writers.terminal import Terminal

    with ExitStack() as stack:
        return _run(options, stack, Terminal(), Terminal(stderr=True))


def _run(options: argparse.Namespace, stack: ExitStack, console: Terminal, errors: Terminal) -> int:
    from ..common.text import visible
    from ..common.verdict import Verdict
    from ..course.catalogue import find_course
    from ..report.run import Graded, Run

    course = find_course(options.course, Path.cwd())
    entries = [course.get(options.problem)] if options.problem else [*course.entries.values()]
    broken = {} if options.problem else course.broken
    for problem_id, why in broken.items():
        errors.say(f"Judge error, nothing is graded for {problem_id}: {why}")
    submissions, students, not_understood = _find(options, course, entries, stack)
    problems = tuple(Graded(e.id, e.problem.title, e.problem.max_score) for e in entries)
    if options.dry_run:
        from ..writers.plan import print_plan

        print_plan(console, students, problems, submissions, not_understood)
        return WORKED
    if not submissions:
        for item in not_understood:
            errors.say(visible(f"{item.path}: {item.why}."))
        raise UsageError("Nothing to grade.")
    class_run = _prepare(options, course, entries, submissions, stack, errors)
    reports, interrupted = _grade(options, class_run, console)
    run = Run(
        class_run.seed,
        problems,
        tuple(students),
        tuple(reports),
        tuple(not_understood),
    )
    if interrupted:
        left = len(submissions) - len(reports)
        errors.say(
            f"Stopped; every worker has been ended. {len(reports)} of {len(submissions)} are graded"
            f" and kept in {options.results}; the same command goes on with the other {left}."
        )
        return INTERRUPTED
    unwritten = _write(options, run, console, errors)
    failed = [report for report in reports if report.verdict is Verdict.JUDGE_ERROR]
    for report in failed:
        errors.say(visible(f"Judge error, {report.submission}: {report.cause}"))
    return JUDGE_ERROR if failed or broken or unwritten else WORKED


def _find(
    options: argparse.Namespace, course: Course, entries: list[Entry], stack: ExitStack
) -> tuple[list[Submission], list[Student], list[NotUnderstood]]:
    """What was handed in, by whom, and what is no submission."""
    from ..submissions import find_submissions, open_zips
    from ..submissions.roster import join, read_roster

    for path in options.paths:
        if not os.path.exists(path):  # unlike Path.exists, it takes a name of any length
            raise UsageError(f"There is no file or folder {path}. Check the path and call again.")
        if os.path.isdir(path) and os.path.realpath(path) == os.path.realpath(course.root):
            raise UsageError(f"{path} is the course itself. Name the submissions' folder.")
    if options.json and (options.json.is_dir() or not options.json.absolute().parent.is_dir()):
        raise UsageError(f"--json: there is no folder {options.json.parent}, or it names a folder.")
    unknown = {problem_id for problem_id, _ in options.canvas} - set(course.entries)
    if unknown:
        raise UsageError(f"--canvas: there is no problem {', '.join(sorted(unknown))}.")
    roster = read_roster(options.roster) if options.roster else []
    paths, not_unpacked = stack.enter_context(open_zips(options.paths))
    submissions, not_understood = find_submissions(paths, entries, options.pattern)
    submissions, students = join(roster, submissions)
    return submissions, students, [*not_unpacked, *not_understood]


def _prepare(
    options: argparse.Namespace,
    course: Course,
    entries: list[Entry],
    submissions: Sequence[Submission],
    stack: ExitStack,
    errors: Terminal,
) -> ClassRun:
    """A proven sandbox, a seed, and an open folder of results."""
    from ..common.processors import usable_processors
    from ..course.draw import fresh_seed
    from ..grading.class_run import ClassRun
    from ..oracle.practice import SEED
    from ..report.results_folder import Results
    from ..sandbox import choose_sandbox, prove

    # A link is no secret: it is not read, and may lead to what a worker is allowed to see.
    own = [s.path for s in submissions if not os.path.islink(s.path)]
    secret = [*course.root.glob("solutions/*/reference.py"), *own]
    sandbox = choose_sandbox(options.sandbox, secret)
    if sandbox.name == "none":
        errors.print(
            "[bold red]No sandbox:[/] submissions run with your rights and can read, change and "
            "send whatever you can. Grade only code of your own this way."
        )
    seed = fresh_seed() if options.seed is None else options.seed
    results = None
    if options.results:
        results = stack.enter_context(Results(options.results, seed))
        if options.seed not in (None, results.seed):
            raise UsageError(
                f"{options.results} holds a run of seed {results.seed}. Leave out --seed to "
                "continue it, or name another folder."
            )
        seed = results.seed
    if seed == SEED:
        errors.say(
            f"Seed {SEED} draws the practice cases, whose answers students have: for marks, take "
            "another one, or none."
        )
    jobs = options.jobs or usable_processors()
    client = None
    if options.dask:
        from ..grading.on_dask import check_cluster, cluster

        client = stack.enter_context(cluster(options.dask, jobs))
        check_cluster(client, sandbox.name)
    return ClassRun(
        entries={entry.id: entry for entry in entries},
        submissions=submissions,
        seed=seed,
        sandbox=sandbox,
        prove=lambda: prove(sandbox, secret),
        jobs=jobs,
        announce=errors.say,
        results=results,
        client=client,
    )


def _grade(
    options: argparse.Namespace, class_run: ClassRun, console: Terminal
) -> tuple[list[Report], bool]:
    """The reports, and whether Ctrl-C came before the last; without results it is passed on."""
    from ..writers.terminal import announcing

    before = {} if options.force else class_run.judged_before()
    rest = [s for s in class_run.submissions if s not in before]
    known = f", {len(before)} graded before" if before else ""
    console.print(
        f"Submissions: {len(class_run.submissions)}{known}, sandbox {class_run.sandbox.name}, seed "
        f"{class_run.seed} (--seed {class_run.seed} repeats this run)."
        f"{' Working out the right answers …' if rest else ''}",
        soft_wrap=True,
    )
    reports = dict(before)
    try:
        with announcing(console, len(rest)) as announce:

            def done(submission: Submission, report: Report) -> None:
                reports[submission] = report
                announce(submission, report)

            if rest:
                class_run.grade(rest, done)
    except KeyboardInterrupt:
        if class_run.results is None:
            raise
        return list(reports.values()), True
    return [reports[submission] for submission in class_run.submissions], False


def _write(options: argparse.Namespace, run: Run, console: Terminal, errors: Terminal) -> bool:
    """Writes and prints all outputs. Whether one could not be written."""
    from ..writers.all_outputs import write_all
    from ..writers.json_file import write_json
    from ..writers.terminal import print_summary, print_table

    unwritten = False
    for path, write in (
        (options.json, lambda: write_json(options.json, run)),
        (options.results, lambda: write_all(run, options.results, dict(options.canvas))),
    ):
        if path is None:
            continue
        try:
            for remark in write() or ():
                errors.say(remark)
        except OSError as error:
            unwritten = True
            errors.say(f"The report could not be written to {path}: {error.strerror}.")
    if options.results and len(run.reports) > LONGEST_TABLE:
        print_summary(console, run)
    else:
        print_table(console, run.reports, run.not_understood)
    if options.json and not unwritten:
        console.say(f"Full report: {options.json}")
    if options.results and not unwritten:
        console.say(f"All results: {options.results / 'index.html'}")
    return unwritten
