"""Grades a class: takes what was judged before from the results, and runs only the rest."""

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
from ..report.results_folder import ResultsFolder
from ..sandbox import Sandbox
from ..submissions import Code, Submission, digest
from .grade_many import grade_all
from .grade_one import read_files
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
    """jobs: how many run at a time on this machine. results: keeps the reports, if anything does.
    client: of the Dask cluster that grades, if one does.
    """

    entries: dict[str, Entry]
    submissions: Sequence[Submission]
    seed: int
    sandbox: Sandbox
    prove: Callable[[], None]
    jobs: int
    results: ResultsFolder | None = None
    client: Any = None

    def judged_before(self) -> dict[Submission, Report]:
        """The reports that the results hold already."""
        found: dict[Submission, Report] = {}
        if self.results is None:
            return found
        for submission in self.submissions:
            sha256 = digest(code for _, code in read_files(submission) if isinstance(code, Code))
            entry = self.entries[submission.problem_id]
            if sha256 and (report := self.results.find(submission, entry, sha256)):
                found[submission] = report
        return found

    def grade(self, submissions: Sequence[Submission], progress: Progress) -> list[Report]:
        """The reports on some of the submissions, in their order; each is kept as it comes.

        Raises ResultsError if one can't be kept: those before it are.
        """
        needed = Counter(submission.problem_id for submission in submissions)
        entries = [entry for entry in self.entries.values() if entry.id in needed]
        oracle = CachedAnswers(Reference())
        say = progress.say
        with say_if_slow(say, "Computing the right answers …"):
            plans = make_plans(entries, self.seed, oracle, self.jobs, say)

        def kept(submission: Submission, report: Report) -> None:
            if self.results is not None:
                self.results.keep(report, submission, self.entries[submission.problem_id])
            progress.done(submission, report)

        usable = [plan.entry for plan in plans.values() if isinstance(plan, Plan)]
        # Wrong submissions get practice cases too. A single one would wait as long as it gains.
        with say_if_slow(say, "Precompiling the steps of the problems' statements …"):
            compile_ahead([e for e in usable if needed[e.id] > 1], [self.seed, SEED])
            share_programs(usable)
        running = progress.running
        if self.client is not None:
            from .on_dask import grade_all_on

            return grade_all_on(
                self.client, submissions, plans, self.sandbox, kept, running, announce=say
            )
        return grade_all(
            submissions,
            plans,
            self.sandbox,
            kept,
            self.prove,
            self.jobs,
            running=running,
            announce=say,
        )
