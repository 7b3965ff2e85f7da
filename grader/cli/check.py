"""Runs your function on practice cases and says what to fix. Without a WHAT, it checks every stub
that you have started. The exit status is 0 if all is right, 1 if something is wrong, 2 if the
command was wrong, and 3 if the grader failed.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from watchfiles import watch

from ..common.errors import JUDGE_ERROR, UNSOUND, WORKED, CourseError, SandboxError
from ..common.text import visible
from ..common.verdict import Verdict
from ..course.catalogue import Course, Entry, find_course
from ..grading.grade_one import read_files
from ..grading.plan import Plan
from ..oracle.unconfined import unconfined
from ..report.report import Report, judge_error
from ..sandbox.session import Session
from ..student.check_file import check_file, plan_of
from ..student.own_files import submissions_in
from ..student.progress import Progress, started, stub
from ..submissions import Code, Submission, digest, open_archives
from ..writers.student import print_explanation, print_verdict
from ..writers.terminal import Terminal

log = logging.getLogger(__name__)

# A file or folder to check, and the problems that it may be for.
Target = tuple[Path, Collection[Entry]]


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", nargs="*", metavar="WHAT", help="a problem, a .py file or a notebook"
    )
    parser.add_argument("--watch", action="store_true", help="check again after each save")


def run(options: argparse.Namespace) -> int:
    console = Terminal()
    course = find_course(options.course, Path.cwd())
    files = [Path(name) for name in options.what if os.path.exists(name)]
    problems = [name for name in options.what if not os.path.exists(name)]
    with contextlib.ExitStack() as stack:
        opened = stack.enter_context(open_archives(files))
        for item in opened.refused:
            console.say(visible(f"Not checked: {item.path}: {item.why}"))
        targets = [*_stubs(course, problems, every=not files), *_around(course, opened.paths)]
        wanted = [s for path, entries in targets for s in submissions_in(path, entries)]
        if not wanted:
            console.say("Nothing is started yet. `grader list` shows the problems; fill in a stub.")
            return WORKED
        checker = stack.enter_context(contextlib.closing(_Checker(course, console)))
        checker.prepare(wanted)
        verdicts = {checker.check(submission) for submission in wanted}
        if options.watch:
            checker.watch(targets, wanted)
    if Verdict.JUDGE_ERROR in verdicts:
        return JUDGE_ERROR
    return WORKED if verdicts == {Verdict.ACCEPTED} else UNSOUND


def _stubs(course: Course, problems: Sequence[str], every: bool) -> Iterator[Target]:
    """The stubs of the named problems; if none is named and `every`, all that are started.

    Raises CourseError if a name is no problem's.
    """
    for name in problems:
        yield stub(course.get(name)), [course.get(name)]
    if every and not problems:
        for entry in course.entries.values():
            path = stub(entry)
            if path.is_file() and started(path.read_bytes()):
                yield path, [entry]


def _around(course: Course, paths: Sequence[Path]) -> Iterator[Target]:
    """Each path with the problem whose folder it lies in, or with all problems."""
    for path in paths:
        parents = path.resolve().parents
        around = [e for e in course.entries.values() if e.folder.resolve() in parents]
        yield path, around or course.entries.values()


class _Checker:
    """Checks files one after another. With `watch`, a warm worker waits for each next check."""

    def __init__(self, course: Course, console: Terminal):
        self._course, self._console = course, console
        self._plans: dict[str, Plan] = {}
        self._sandbox = unconfined()
        self._progress = Progress.load(course.root)
        self._warm: dict[str, Session] = {}
        # What each submission held at its last check.
        self._checked: dict[tuple[Path, str], str | None] = {}

    def prepare(self, submissions: Sequence[Submission]) -> None:
        """Gets the practice cases. Raises CourseError if their answers can't be had."""
        for submission in submissions:
            if submission.problem_id not in self._plans:
                entry = self._course.get(submission.problem_id)
                self._plans[entry.id] = plan_of(entry, self._console.say)

    def check(self, submission: Submission) -> Verdict:
        plan = self._plans[submission.problem_id]
        entry = plan.entry
        warm = self._warm.pop(entry.id, None)
        self._checked[submission.path, entry.id] = _digest(submission)
        source = _content(submission.path)
        shown: list[Verdict] = []

        def show(report: Report) -> None:
            print_verdict(self._console, entry, report)
            shown.append(report.verdict)

        try:
            with warm or contextlib.nullcontext():
                report = check_file(plan, submission, self._sandbox, warm, show)
        except SandboxError as error:
            report = judge_error(entry, submission, self._sandbox.name, error)
        if report.verdict not in shown:  # it needed no explanation, or explaining it failed
            show(report)
        print_explanation(self._console, entry, report)
        self._progress.accept(entry.id, source, report.verdict is Verdict.ACCEPTED)
        self._progress.save(self._course.root)
        return report.verdict

    def watch(self, targets: Sequence[Target], submissions: Sequence[Submission]) -> None:
        """Checks again after each save, of a module beside the file too, until Ctrl-C."""
        self._warm_up(submissions)
        self._console.say("Watching; Ctrl-C ends it.")
        # Folders, because many editors write a new file and rename it. With `yield_on_timeout`, a
        # file that was saved during a check is not missed.
        folders = {path if path.is_dir() else path.resolve().parent for path, _ in targets}
        with contextlib.suppress(KeyboardInterrupt):
            for _ in watch(*folders, yield_on_timeout=True, rust_timeout=500):
                saved = [s for target in targets for s in self._saved(*target)]
                self.prepare(saved)
                for submission in saved:
                    self.check(submission)
                if saved:
                    self._warm_up(saved)

    def _saved(self, path: Path, entries: Collection[Entry]) -> list[Submission]:
        """The submissions at a path that changed since their last check. None while an editor is
        about to write the file again.
        """
        try:
            found = submissions_in(path, entries) if path.exists() else []
        except CourseError as error:
            log.info("nothing to check: %s", error)
            return []
        now = {submission: _digest(submission) for submission in found}
        checked = self._checked
        return [s for s in found if now[s] and now[s] != checked.get((s.path, s.problem_id))]

    def _warm_up(self, submissions: Sequence[Submission]) -> None:
        """Starts the workers. If one can't start, the next check tries again and reports it."""
        for submission in submissions:
            entry = self._course.get(submission.problem_id)
            if entry.id not in self._warm:
                try:
                    self._warm[entry.id] = Session.ready(self._sandbox, entry.problem)
                except SandboxError as error:
                    log.info("no worker waits for the next check: %s", error)

    def close(self) -> None:
        for session in self._warm.values():
            session.__exit__()


def _digest(submission: Submission) -> str | None:
    """Of all that is graded; None if nothing can be read, which the check itself reports."""
    return digest(code for _, code in read_files(submission) if isinstance(code, Code))


def _content(path: Path) -> bytes:
    """The file's bytes; none if it can't be read, which the check itself reports."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
