"""Grades files, students' folders, a folder of them, or what a learning system hands out, also in
archives. With -o, all results are kept, and the same command continues a run that was stopped. The
exit status says whether grading worked, whatever the marks are: 0 if it did, 2 if the command was
wrong, 3 if the grader failed on a submission (judge error).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from ..common.errors import INTERRUPTED, JUDGE_ERROR, TIME_IS_UP, WORKED, UsageError
from ..common.files import write_whole
from ..common.processors import usable_processors
from ..common.text import visible
from ..common.time_limit import TimeIsUp, at_most
from ..common.verdict import Verdict
from ..course.catalogue import Course, Entry, find_course
from ..course.draw import fresh_seed
from ..grading.class_run import ClassRun
from ..oracle.practice import SEED
from ..report.report import Report
from ..report.report_json import to_json
from ..report.results_folder import ResultsFolder
from ..report.run import Run, graded_problem
from ..sandbox import choose_sandbox, prove
from ..submissions import Submission, find_submissions, open_archives
from ..submissions.join_roster import join_roster
from ..submissions.read_roster import Roster, read_roster
from ..writers.all_outputs import write_all
from ..writers.plan import print_plan
from ..writers.terminal import (
    Terminal,
    print_choices,
    print_matching,
    print_summary,
    print_table,
    show_progress,
)
from .options import a_seed, add_bounds, add_jobs, add_sandbox, an_assignment

LONGEST_TABLE = 60  # submissions; with more, and a results folder, only a summary is printed


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="+", type=Path, metavar="PATH")
    add("-o", "--results", type=Path, metavar="FOLDER", help="keep all results here")
    add("--problem", metavar="ID", help="grade this problem only")
    add("--roster", type=Path, metavar="CSV", help="the class: id, name, e-mail; or Canvas's own")
    add("--pattern", metavar="TEXT", help="how file names hold the student: '{student}_*.py'")
    add("--dry-run", action="store_true", help="list what was found for whom, and grade nothing")
    add("--force", action="store_true", help="grade again what was already graded")
    add("--seed", type=a_seed, metavar="N", help="repeat a run with the same inputs")
    add(
        "--canvas",
        type=an_assignment,
        action="append",
        default=[],
        metavar="ID=NUMBER",
        help="the number of a problem's assignment in Canvas, for canvas.csv",
    )
    add_jobs(parser)
    add_bounds(parser)
    add(
        "--dask",
        metavar="ADDRESS",
        help="run on the workers of this Dask scheduler, or 'local' for a cluster on this machine",
    )
    add_sandbox(parser)
    add("--json", type=Path, metavar="FILE", help="write the full report here")


def run(options: argparse.Namespace) -> int:
    console, errors = Terminal(), Terminal(stderr=True)
    course = find_course(options.course, Path.cwd())
    _check(options, course)
    entries = [course.get(options.problem)] if options.problem else [*course.entries.values()]
    entries = [_with_limits(entry, options) for entry in entries]
    problems = tuple(map(graded_problem, entries))
    broken = {} if options.problem else course.broken
    for problem_id, why in broken.items():
        errors.say(f"Judge error, nothing is graded for {problem_id}: {why}")
    roster = read_roster(options.roster) if options.roster else Roster()
    with ExitStack() as stack:
        opened = stack.enter_context(open_archives(options.paths))
        found = find_submissions(
            opened.paths,
            [*course.entries.values()],
            options.pattern,
            opened.unpacked,
            options.problem,
        )
        if found.unknown_form:
            raise UsageError(visible(found.unknown_form))
        not_understood = (*opened.refused, *found.not_understood)
        joined = join_roster(roster, found.submissions, not_understood, [e.id for e in entries])
        submissions, students = joined.submissions, joined.students
        choices = (*opened.choices, *found.choices, *joined.choices)
        if options.dry_run:
            print_plan(
                console, students, problems, submissions, not_understood, choices, joined.matching
            )
            return WORKED
        if not submissions:
            for item in not_understood:
                errors.say(visible(f"{item.path}: {item.why}."))
            raise UsageError("Nothing to grade.")
        class_run = _prepare(options, course, entries, submissions, stack, errors)
        try:
            with at_most(60 * options.at_most if options.at_most else None):
                reports = _grade(class_run, options.force, console)
        except KeyboardInterrupt as stopped:
            if not options.results:
                raise
            over = isinstance(stopped, TimeIsUp)
            errors.say(
                f"{'The time of --at-most is over' if over else 'Stopped'}. Every worker has "
                f"ended. The reports up to now are kept in {options.results}; run the same "
                "command again to continue."
            )
            return TIME_IS_UP if over else INTERRUPTED
        result = Run(
            class_run.seed,
            problems,
            tuple(students),
            tuple(reports),
            not_understood,
            choices=choices,
            matching=joined.matching,
        )
        written = _write(options, result, console, errors)
    failed = [report for report in reports if report.verdict is Verdict.JUDGE_ERROR]
    for report in failed:
        errors.say(visible(f"Judge error, {report.submission}: {report.cause}"))
    for report in reports:
        if report.disturbed:
            errors.say(
                visible(f"No second try, {report.submission}: {report.notes[-1]}")
                + (" The same command does." if options.results else "")
            )
    return WORKED if written and not failed and not broken else JUDGE_ERROR


def _with_limits(entry: Entry, options: argparse.Namespace) -> Entry:
    """The problem with the limits that the command names."""
    changes: dict[str, float] = {}
    if options.seconds:
        changes["total_seconds"] = options.seconds
    if options.memory:
        changes["memory_bytes"] = int(options.memory * 2**30)
    return entry.limited(**changes)


def _check(options: argparse.Namespace, course: Course) -> None:
    """Raises UsageError if an option names something that is not there."""
    for path in options.paths:
        if not os.path.exists(path):  # unlike Path.exists, it takes a name of any length
            raise UsageError(f"There is no file or folder {path}. Check the path and call again.")
        if os.path.isdir(path) and os.path.realpath(path) == os.path.realpath(course.root):
            raise UsageError(f"{path} is the course itself. Name the submissions' folder.")
    if options.json and (options.json.is_dir() or not options.json.absolute().parent.is_dir()):
        raise UsageError(f"--json: there is no folder {options.json.parent}, or it names a folder.")
    if options.at_most and not options.results:
        raise UsageError("--at-most needs -o FOLDER, which keeps the reports made by then.")
    unknown = {problem_id for problem_id, _ in options.canvas} - set(course.entries)
    if unknown:
        raise UsageError(f"--canvas: there is no problem {', '.join(sorted(unknown))}.")


def _prepare(
    options: argparse.Namespace,
    course: Course,
    entries: Sequence[Entry],
    submissions: Sequence[Submission],
    stack: ExitStack,
    errors: Terminal,
) -> ClassRun:
    """A proven sandbox, a seed, and an open results folder."""
    # A link is not read, and it may lead to a file that workers may see: it is not secret.
    files = [path for s in submissions for path in s.paths if not os.path.islink(path)]
    secret = [*course.root.glob("solutions/*/reference.py"), *files]
    sandbox = choose_sandbox(options.sandbox, secret)
    if sandbox.name == "none":
        errors.print(
            "[bold red]No sandbox:[/] submissions run with your rights and can read, change and "
            "send whatever you can. Use this only for your own code."
        )
    seed = fresh_seed() if options.seed is None else options.seed
    results = None
    if options.results:
        results = stack.enter_context(ResultsFolder(options.results, seed))
        if options.seed not in (None, results.seed):
            raise UsageError(
                f"{options.results} holds a run of seed {results.seed}. Leave out --seed to "
                "continue it, or name another folder."
            )
        seed = results.seed
    if seed == SEED:
        errors.say(
            f"Seed {SEED} draws the practice cases, and students have their answers. For marks, "
            "use another seed, or leave out --seed."
        )
    jobs = options.jobs or usable_processors()
    client = None
    if options.dask:
        from ..grading.on_dask import check_cluster, cluster  # not everyone installs Dask

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


def _grade(class_run: ClassRun, force: bool, console: Terminal) -> list[Report]:
    """The reports in the order of the submissions."""
    reports = {} if force else class_run.judged_before()
    rest = [s for s in class_run.submissions if s not in reports]
    graded_before = f", {len(reports)} graded before" if reports else ""
    console.say(
        f"Submissions: {len(class_run.submissions)}{graded_before}, sandbox "
        f"{class_run.sandbox.name}, seed {class_run.seed} (--seed {class_run.seed} repeats this "
        f"run).{' Computing the right answers …' if rest else ''}"
    )
    if rest:
        with show_progress(console, len(rest)) as show:
            made = class_run.grade(rest, lambda _, report: show(report))
        reports |= dict(zip(rest, made, strict=True))
    return [reports[submission] for submission in class_run.submissions]


def _write(options: argparse.Namespace, result: Run, console: Terminal, errors: Terminal) -> bool:
    """Writes and prints all outputs. Returns whether all were written."""
    lines = []
    outputs = [(options.json, "Full report: {}"), (options.results, "All results: {}/index.html")]
    outputs = [(path, line) for path, line in outputs if path]
    for path, line in outputs:
        try:
            if path is options.json:
                write_whole(path, to_json(result))
            else:
                for warning in write_all(result, path, dict(options.canvas)):
                    errors.say(warning)
            lines.append(line.format(path))
        except OSError as error:
            errors.say(f"The report could not be written to {path}: {error.strerror}.")
    if options.results and len(result.reports) > LONGEST_TABLE:
        print_summary(console, result)
    else:
        print_table(console, result.reports, result.left_out)
    print_choices(console, result.choices)
    print_matching(console, result.matching)
    for said in lines:
        console.say(said)
    return len(lines) == len(outputs)
