"""Runs your function on practice cases and says what to fix. Without a WHAT, it checks every stub
that you have started. The exit status is 0 if all is right, 1 if something is wrong, 2 if the
command was wrong, and 3 if the grader failed.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from watchfiles import watch

from ..common.errors import JUDGE_ERROR, UNSOUND, WORKED, CourseError, SandboxError
from ..common.verdict import Verdict
from ..course.catalogue import Course, Entry, find_course
from ..grading.plan import Plan
from ..oracle.unconfined import unconfined
from ..report.report import judge_error
from ..sandbox.session import Session
from ..student.check_file import check_file, plan_of
from ..student.progress import Progress, started, stub
from ..submissions import Submission, find_submissions
from ..writers.student import print_check
from ..writers.terminal import Terminal

log = logging.getLogger(__name__)


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", nargs="*", metavar="WHAT", help="a problem, a .py file or a notebook"
    )
    parser.add_argument("--watch", action="store_true", help="check again after each save")


def run(options: argparse.Namespace) -> int:
    console = Terminal()
    course = find_course(options.course, Path.cwd())
    wanted = list(_wanted(course, options.what))
    plans = {entry.id: plan_of(entry, console.say) for entry, _ in wanted}
    if not wanted:
        console.say("Nothing is started yet. `grader list` shows the problems; fill in a stub.")
        return WORKED
    with contextlib.closing(_Checker(course, plans, console)) as checker:
        verdicts = {checker.check(entry, path) for entry, path in wanted}
        if options.watch:
            checker.watch({path: entry for entry, path in wanted})
    if Verdict.JUDGE_ERROR in verdicts:
        return JUDGE_ERROR
    return WORKED if verdicts == {Verdict.ACCEPTED} else UNSOUND


def _wanted(course: Course, what: list[str]) -> Iterator[tuple[Entry, Path]]:
    """Problems and files to check. Raises CourseError if a name is neither."""
    if not what:
        for entry in course.entries.values():
            path = stub(entry)
            if path.is_file() and started(path.read_bytes()):
                yield entry, path
    for name in what:
        if not os.path.exists(name):
            yield course.get(name), stub(course.get(name))
            continue
        path = Path(name)
        parents = path.resolve().parents
        around = [e for e in course.entries.values() if e.folder.resolve() in parents]
        found = find_submissions([path], around or course.entries.values())
        if not found.submissions:
            others = found.not_understood
            raise CourseError(f"{name}: {others[0].why}." if others else f"{name} is empty.")
        for submission in found.submissions:
            yield course.get(submission.problem_id), submission.path


class _Checker:
    """Checks files one after another. With `watch`, a warm worker waits for each next check."""

    def __init__(self, course: Course, plans: dict[str, Plan], console: Terminal):
        self._course, self._plans, self._console = course, plans, console
        self._sandbox = unconfined()
        self._progress = Progress.load(course.root)
        self._warm: dict[str, Session] = {}
        self._checked: dict[Path, bytes] = {}  # the content of each file at its last check

    def check(self, entry: Entry, path: Path) -> Verdict:
        warm = self._warm.pop(entry.id, None)
        self._checked[path] = _content(path)
        try:
            with warm or contextlib.nullcontext():
                report = check_file(self._plans[entry.id], path, self._sandbox, warm)
        except SandboxError as error:
            submission = Submission("you", path, entry.id)
            report = judge_error(entry, submission, self._sandbox.name, error)
        print_check(self._console, entry, report)
        accepted = report.verdict is Verdict.ACCEPTED
        self._progress.accept(entry.id, self._checked[path], accepted)
        self._progress.save(self._course.root)
        return report.verdict

    def watch(self, files: dict[Path, Entry]) -> None:
        """Checks again after each save, until Ctrl-C."""
        self._warm_up(files)
        self._console.say("Watching; Ctrl-C ends it.")
        # Folders, because many editors write a new file and rename it. With `yield_on_timeout`, a
        # file that was saved during a check is not missed.
        folders = {path.resolve().parent for path in files}
        with contextlib.suppress(KeyboardInterrupt):
            for _ in watch(*folders, yield_on_timeout=True, rust_timeout=500):
                saved = [p for p in files if p.is_file() and _content(p) != self._checked.get(p)]
                for path in saved:
                    self.check(files[path], path)
                if saved:
                    self._warm_up(files)

    def _warm_up(self, files: dict[Path, Entry]) -> None:
        """Starts the workers. If one can't start, the next check tries again and reports it."""
        for entry in files.values():
            if entry.id not in self._warm:
                try:
                    self._warm[entry.id] = Session.ready(self._sandbox, entry.problem)
                except SandboxError as error:
                    log.info("no worker waits for the next check: %s", error)

    def close(self) -> None:
        for session in self._warm.values():
            session.__exit__()


def _content(path: Path) -> bytes:
    """The file's bytes; none if it can't be read, which the check itself reports."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
