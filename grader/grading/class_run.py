"""Grades the submissions of a class side by side, each by the plan of its problem."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from ..common.slow_steps import say_if_slow
from ..course.catalogue import Entry
from ..oracle.answer_cache import CachedAnswers
from ..oracle.compile_ahead import compile_ahead, share_programs
from ..oracle.practice import SEED
from ..oracle.reference import Reference
from ..report.report import Report
from ..sandbox import Sandbox
from ..submissions import Submission
from .grade_many import grade_all
from .plan import Plan, make_plans


class Progress(Protocol):
    """Shows how far a class is. Several threads call it."""

    def say(self, sentence: str, /) -> None:
        """Shows what is done now."""

    def running(self, submission: Submission, /) -> AbstractContextManager[None]:
        """Is entered while the submission is graded."""

    def done(self, submission: Submission, report: Report, /) -> None:
        """Shows a report that has come."""


@dataclass(frozen=True)
class ClassRun:
    """jobs: how many run at a time on this machine. client: of the Dask cluster that grades, if one
    does.
    """

    entries: dict[str, Entry]
    seed: int
    sandbox: Sandbox
    prove: Callable[[], None]
    jobs: int
    client: Any = None

    def grade(
        self,
        submissions: Sequence[Submission],
        keep: Callable[[Submission, Report], None],
        progress: Progress,
    ) -> None:
        """Grades the submissions. `keep` gets each report as it comes, and may raise."""
        needed = Counter(submission.problem_id for submission in submissions)
        entries = [entry for entry in self.entries.values() if entry.id in needed]
        oracle = CachedAnswers(Reference())
        say = progress.say
        with say_if_slow(say, "Computing the right answers …"):
            plans = make_plans(entries, self.seed, oracle, self.jobs, say)

        def done(submission: Submission, report: Report) -> None:
            keep(submission, report)
            progress.done(submission, report)

        usable = [plan.entry for plan in plans.values() if isinstance(plan, Plan)]
        # Wrong submissions get practice cases too. A single one would wait as long as it gains.
        with say_if_slow(say, "Precompiling the steps of the problems' statements …"):
            compile_ahead([e for e in usable if needed[e.id] > 1], [self.seed, SEED])
            share_programs(usable)
        running = progress.running
        if self.client is not None:
            from .on_dask import grade_all_on

            grade_all_on(self.client, submissions, plans, self.sandbox, done, running, announce=say)
        else:
            grade_all(
                submissions,
                plans,
                self.sandbox,
                done,
                self.prove,
                self.jobs,
                running=running,
                announce=say,
            )
