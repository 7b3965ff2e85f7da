"""`grader check`: a student's own files, on practice cases."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..common.errors import JUDGE_ERROR, UNSOUND, WORKED
from .options import add_course

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from ..common.verdict import Verdict
    from ..course.catalogue import Course, Entry
    from ..grading.plan import Plan
    from ..writers.terminal import Terminal


def add(commands: Any) -> None:
    """Adds the command and its options."""
    parser = commands.add_parser(
        "check",
        help="check your own work",
        description="Runs your function on practice cases and says what to mend. Without a WHAT, "
        "every stub that you have started. The exit status is 0 where all is right, 1 where "
        "something is wrong, 2 where the command was, 3 where we failed.",
    )
    parser.add_argument(
        "what", nargs="*", metavar="WHAT", help="a problem, a .py file or a notebook"
    )
    parser.add_argument("--watch", action="store_true", help="check again whenever it is saved")
    add_course(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Checks, and returns the exit status."""
    from ..course.catalogue import find_course
    from ..student.check_file import plan_of
    from ..writers.terminal import Terminal

    console = Terminal()
    course = find_course(options.course, Path.cwd())
    wanted = list(_wanted(course, options.what))
    plans = {entry.id: plan_of(entry, console.say) for entry, _ in wanted}
    if not wanted:
        console.say("Nothing is started yet. `grader list` shows the problems; fill in a stub.")
        return WORKED
    with contextlib.closing(_Checker(course, plans, console)) as checker:
        verdicts = [checker.check(entry, path) for entry, path in wanted]
        if options.watch:
            checker.watch({path: entry for entry, path in wanted})
    if "judge_error" in verdicts:
        return JUDGE_ERROR
    return WORKED if all(verdict == "accepted" for verdict in verdicts) else UNSOUND


def _wanted(course: Course, what: list[str]) -> Iterator[tuple[Entry, Path]]:
    """Problems and files to check. Raises CourseError where something is neither."""
    from ..common.errors import CourseError
    from ..student.progress import started, stub
    from ..submissions import find_submissions

    if not what:
        for entry in course.entries.values():
            path = stub(entry)
            if path.is_file() and started(path.read_bytes()):
                yield entry, path
    for name in what:
        path = Path(name)
        if not os.path.exists(name):
            yield course.get(name), stub(course.get(name))
            continue
        inside = [
            e for e in course.entries.values() if e.folder.resolve() in path.resolve().parents
        ]
        submissions, others = find_submissions([path], inside or course.entries.values())
        if not submissions:
            raise CourseError(f"{name}: {others[0].why}." if others else f"{name} is empty.")
        for submission in submissions:
            yield course.get(submission.problem_id), submission.path


class _Checker:
    """Checks files one after another; while it waits for the next, a warm worker waits too."""

    def __init__(self, course: Course, plans: dict[str, Plan], console: Terminal):
        from ..oracle.unconfined import unconfined
        from ..sandbox.session import Session
        from ..student.progress import Progress

        self._course, self._plans, self._console = course, plans, console
        self._sandbox = unconfined()
        self._progress = Progress.load(course.root)
        self._warm: dict[str, Session] = {}
        self._checked: dict[Path, bytes] = {}  # what each file held when it was last checked

    def check(self, entry: Entry, path: Path) -> Verdict:
        from ..common.errors import SandboxError
        from ..student.check_file import check_file
        from ..writers.student import print_check

        warm = self._warm.pop(entry.id, None)
        self._checked[path] = _content(path)
        try:
            with warm or contextlib.nullcontext():
                report = check_file(self._plans[entry.id], path, self._sandbox, warm)
        except SandboxError as error:
            from ..report.report import judge_error
            from ..submissions import Submission

            submission = Submission("you", path, entry.id)
            report = judge_error(entry, submission, self._sandbox.name, error)
        print_check(self._console, entry, report)
        self._progress.accept(entry.id, self._checked[path], report.verdict == "accepted")
        self._progress.save(self._course.root)
        return report.verdict

    def watch(self, files: dict[Path, Entry]) -> None:
        """Checks again after each save, until Ctrl-C."""
        from watchfiles import watch

        self._warm_up(files)
        self._console.say("Watching; Ctrl-C ends it.")
        # Folders, because many editors write a new file and rename it. It also yields when nothing
        # has happened for a while, so that a file saved during a check is not missed.
        folders = {path.resolve().parent for path in files}
        with contextlib.suppress(KeyboardInterrupt):
            for _ in watch(*folders, yield_on_timeout=True, rust_timeout=500):
                changed = [
                    (entry, path)
                    for path, entry in files.items()
                    if path.is_file() and _content(path) != self._checked.get(path)
                ]
                for entry, path in changed:
                    self.check(entry, path)
                if changed:
                    self._warm_up(files)

    def _warm_up(self, files: dict[Path, Entry]) -> None:
        """Without a warm worker the next check starts one, and says so if it can't."""
        from ..common.errors import SandboxError
        from ..sandbox.session import Session

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
    """What a file holds; nothing if it can't be read, which the check itself reports."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
