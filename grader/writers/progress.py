"""Live progress of a class: each report as it comes, and what keeps it waiting if none does."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ..common.verdict import Verdict
from ..report.report import Report
from ..submissions import Submission
from .terminal import Terminal, short_name

QUIET = 15.0  # seconds without a report, until what is running is said
MOST_NAMES = 3
Clock = Callable[[], float]


class ClassProgress:
    """Shows how far a class is, a line for each report. Several threads may call it.

    total: how many reports will come. name_of: the names to show, for students who have others.
    """

    def __init__(
        self,
        console: Terminal,
        total: int,
        name_of: Mapping[str, str],
        clock: Clock = time.monotonic,
    ):
        self.console, self.total, self.counts = console, total, Counter[Verdict]()
        self._name_of, self._clock = name_of, clock
        self._since: dict[Submission, float] = {}  # what is running now
        self._lock = threading.Lock()
        self._quiet_since = math.inf  # nothing runs yet
        self._pause = QUIET  # until the next line

    def say(self, sentence: str) -> None:
        """Prints a sentence, above the bar if there is one."""
        self.console.say(sentence)

    @contextmanager
    def running(self, submission: Submission) -> Iterator[None]:
        """The submission is graded in this block."""
        with self._lock:
            self._since[submission] = self._clock()
            self._quiet_since = min(self._quiet_since, self._since[submission])
        try:
            yield
        finally:
            with self._lock:
                del self._since[submission]

    def done(self, submission: Submission, report: Report) -> None:
        """A report has come, and the submission is not graded again."""
        with self._lock:
            self.counts[report.verdict] += 1
            self._quiet_since, self._pause = self._clock(), QUIET
            number = self.counts.total()
        name = f"{self._name(submission)} {submission.problem_id}"
        self.show(f"[{number}/{self.total}] {name}: {report.verdict.words}")

    def tick(self) -> None:
        """Says what is running if no report has come for a while: again after twice the time."""
        if self._clock() - self._quiet_since >= self._pause and (waiting := self.waiting()):
            self._pause *= 2
            self.console.say(waiting)

    def show(self, line: str) -> None:
        """Shows that a report has come."""
        self.console.say(line)

    def waiting(self) -> str:
        """What is running now, and for how long, the longest first; "" if nothing is."""
        with self._lock:
            now, since = self._clock(), dict(self._since)
            left = self.total - self.counts.total()
        longest = sorted(since, key=lambda submission: since[submission])
        parts = [
            f"{self._name(s)} ({s.problem_id}) for {now - since[s]:.0f} s"
            for s in longest[:MOST_NAMES]
        ]
        more = f" and {len(longest) - MOST_NAMES} more" if len(longest) > MOST_NAMES else ""
        if not parts:
            return ""
        return f"Waiting for {', '.join(parts)}{more}; {left} of {self.total} left."

    def _name(self, submission: Submission) -> str:
        return short_name(self._name_of.get(submission.student, submission.student))


class _Bar(ClassProgress):
    """Shows a bar in place of lines, and beside it the verdicts, or what is running."""

    def start(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=self.total, rate="")

    def show(self, _line: str) -> None:
        words = ", ".join(f"{number} {verdict.words}" for verdict, number in self.counts.items())
        rate = f"{60 * (self._bar.tasks[self._task].speed or 0.0):.0f}/min,"
        self._bar.update(self._task, advance=1, description=words, rate=rate)

    def tick(self) -> None:
        if self._clock() - self._quiet_since >= QUIET and (waiting := self.waiting()):
            self._bar.update(self._task, description=waiting)


@contextmanager
def show_progress(
    console: Terminal, total: int, name_of: Mapping[str, str] | None = None
) -> Iterator[ClassProgress]:
    """Yields what shows the progress of a class: by a bar on a terminal, else by lines.

    total: how many reports will come. name_of: the names to show, for students who have others.
    """
    if not console.is_terminal:
        shown = ClassProgress(console, total, name_of or {})
        with _ticking(shown):
            yield shown
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[rate]} left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        shown = _Bar(console, total, name_of or {})
        shown.start(bar)
        with _ticking(shown):
            yield shown


@contextmanager
def _ticking(shown: ClassProgress) -> Iterator[None]:
    """Calls `tick` each second."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(1):
            with suppress(OSError):  # the disk that the output goes to is full
                shown.tick()

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
