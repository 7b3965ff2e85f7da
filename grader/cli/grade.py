"""Grades files, students' folders, a folder of them, or what a learning system hands out, also in
archives. With -o, the folder keeps the class: late work is added to it, and the same command
continues a run that was stopped. The exit status says whether grading worked, whatever the marks
are: 0 if it did, 2 if the command was wrong, 3 if the grader failed on a submission (judge error).
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from ..common.errors import INTERRUPTED, JUDGE_ERROR, TIME_IS_UP, WORKED, DecisionsError, UsageError
from ..common.slow_steps import say_if_slow
from ..common.text import visible
from ..common.time_limit import TimeIsUp, at_most
from ..common.verdict import Verdict
from ..course.catalogue import Course, Entry, find_course
from ..grading.class_run import ClassRun
from ..grading.receive import Batch, Command, receive
from ..report.class_state import ClassState
from ..report.decisions import Decision
from ..report.make_run import make_run
from ..report.results_folder import NoFolder, ResultsFolder, read_state
from ..report.run import Run, graded_problem
from ..submissions import find_submissions, open_archives
from ..submissions.join_roster import join_roster
from ..submissions.read_roster import Roster
from ..writers.plan import print_plan
from ..writers.progress import show_progress
from ..writers.terminal import Terminal
from .class_options import (
    add_class_options,
    canvas_remarks,
    check_class_options,
    with_class_options,
)
from .narrowing import narrowed_batch, problems_of_class
from .options import a_seed, add_bounds, add_jobs, add_sandbox
from .outputs import print_graded, write_outputs
from .prepare_run import prepare_run


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="+", type=Path, metavar="PATH")
    add("-o", "--results", type=Path, metavar="FOLDER", help="keep the class and its results here")
    add("--problem", metavar="ID", help="grade this problem only")
    add("--only", metavar="STUDENT", help="grade this student only: an id, login, e-mail or name")
    add_class_options(parser)
    add("--pattern", metavar="TEXT", help="how file names hold the student: '{student}_*.py'")
    add("--dry-run", action="store_true", help="list what was found for whom, and grade nothing")
    add("--force", action="store_true", help="grade again what was already graded")
    add("--seed", type=a_seed, metavar="N", help="repeat a run with the same inputs")
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
    asked: Sequence[Entry] = [*course.entries.values()]
    if options.problem:
        asked = [course.get(options.problem)]
    broken = {} if options.problem else course.broken
    for problem_id, why in broken.items():
        errors.say(f"Judge error, nothing is graded for {problem_id}: {why}")
    roster = check_class_options(options, course)
    with ExitStack() as stack:
        command = _find(options, course, stack, errors)
        if options.dry_run:
            state = read_state(options.results) if options.results else None
            state, asked = _joined(options, asked, roster, state or ClassState(0), command, errors)
            _print_plan(asked, state.roster, command, console)
            return WORKED
        if not command.submissions and not options.results:
            for item in command.not_understood:
                errors.say(visible(f"{item.path}: {item.why}."))
            raise UsageError("Nothing to grade.")
        class_run, results = prepare_run(options, course, command.submissions, stack, errors)
        state, asked = _joined(options, asked, roster, results.state, command, errors)
        with say_if_slow(errors.say, "Reading the files …"):
            state, batch = receive(state, command, class_run.entries)
        batch = narrowed_batch(options, batch, asked)
        decisions = results.decisions()
        make_run(state, {}, decisions)  # so that a mistake in them is said before grading
        results.save(state)
        stopped = None
        try:
            with at_most(60 * options.at_most if options.at_most else None):
                _grade(class_run, results, batch, options.force, console)
        except KeyboardInterrupt as interrupt:
            if not options.results:
                raise
            stopped = interrupt
            over = isinstance(stopped, TimeIsUp)
            errors.say(
                f"{'The time of --at-most is over' if over else 'Stopped'}. Every worker has "
                f"ended. The reports up to now are kept in {options.results}; run the same "
                "command again to continue."
            )
        whole = _whole(state, results, decisions, errors)
        lines, written = write_outputs(whole, results, options.json, errors)
    mine = batch.reports_in(whole)
    if not stopped:
        print_graded(
            console,
            whole,
            mine,
            batch.replaced_in(whole),
            command.not_understood,
            [*command.choices, *batch.counting.choices],
            kept=bool(options.results),
        )
    for line in lines:
        console.say(line)
    if stopped:
        return TIME_IS_UP if isinstance(stopped, TimeIsUp) else INTERRUPTED
    failed = [report for report in mine if report.verdict is Verdict.JUDGE_ERROR]
    for report in failed:
        errors.say(visible(f"Judge error, {report.submission}: {report.cause}"))
    for report in mine:
        if report.disturbed:
            errors.say(
                visible(f"No second try, {report.submission}: {report.notes[-1]}")
                + (" The same command does." if options.results else "")
            )
    return WORKED if written and not failed and not broken else JUDGE_ERROR


def _whole(
    state: ClassState,
    results: ResultsFolder | NoFolder,
    decisions: Sequence[Decision],
    errors: Terminal,
) -> Run:
    """The class after grading, with the decisions of now. decisions: those from before."""
    reports = results.reports()
    try:
        return make_run(state, reports, results.decisions())
    except DecisionsError as error:
        errors.say(visible(f"{error} So the decisions from before this run are used."))
        return make_run(state, reports, decisions)


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


def _find(
    options: argparse.Namespace, course: Course, stack: ExitStack, errors: Terminal
) -> Command:
    """What the paths hold. Archives stay unpacked as long as the stack is open."""
    with say_if_slow(errors.say, "Reading what was handed in …"):
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
    return Command(
        options.paths,
        found.submissions,
        (*opened.refused, *found.not_understood),
        (*opened.choices, *found.choices),
    )


def _joined(
    options: argparse.Namespace,
    asked: Sequence[Entry],
    roster: Roster | None,
    state: ClassState,
    command: Command,
    errors: Terminal,
) -> tuple[ClassState, Sequence[Entry]]:
    """The class with what the options say anew, and the problems that the command grades."""
    asked = problems_of_class(options, asked, state, command.submissions)
    new = {entry.id for entry in asked} - {problem.id for problem in state.problems}
    state, said = with_class_options(state, options, roster)
    if state.commands:
        for problem_id in sorted(new):
            said.append(f"{problem_id} is new in this class: who handed in nothing for it has 0.")
    state = state.with_problems([graded_problem(entry) for entry in asked])
    for sentence in (*said, *canvas_remarks(state)):
        errors.say(sentence)
    return state, asked


def _print_plan(
    asked: Sequence[Entry], roster: Roster, command: Command, console: Terminal
) -> None:
    """What would be graded."""
    ids = [entry.id for entry in asked]
    found = [item for item in command.submissions if item.problem_id in ids]
    joined = join_roster(roster, found, command.not_understood, ids)
    print_plan(
        console,
        joined.students,
        [graded_problem(entry) for entry in asked],
        joined.submissions,
        command.not_understood,
        (*command.choices, *joined.choices),
        joined.matching,
    )


def _grade(
    class_run: ClassRun,
    results: ResultsFolder | NoFolder,
    batch: Batch,
    force: bool,
    console: Terminal,
) -> None:
    """Grades what has no report yet, and keeps each report as it comes."""
    with say_if_slow(console.say, "Looking for what was graded before …"):
        names = batch.to_grade({} if force else results.reports())
    older = batch.older()
    before = len(batch.found) - len(names) - older
    console.say(
        f"Submissions: {len(batch.found)}{f', {before} graded before' if before else ''}"
        f"{f', {older} older than what counts' if older else ''}, sandbox "
        f"{class_run.sandbox.name}, seed {class_run.seed} (--seed {class_run.seed} repeats this "
        "run)."
    )
    if names:
        name_of = {submission.student: name for submission, name in names.items()}
        with show_progress(console, len(names), name_of) as progress:
            class_run.grade(
                [*names],
                lambda submission, report: results.keep(batch.found[submission].reports[0], report),
                progress,
            )
