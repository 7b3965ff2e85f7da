"""Grades a class: takes what was judged before from the results, and runs only the rest."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..course.catalogue import Entry
from ..oracle.answer_cache import CachedAnswers
from ..oracle.compile_ahead import compile_ahead, share_programs
from ..oracle.practice import SEED
from ..oracle.record_mistakes import Announce
from ..oracle.reference import Reference
from ..report.report import Report
from ..report.results_folder import ResultsFolder
from ..sandbox import Sandbox
from ..submissions import Code, Submission, digest
from .grade_many import grade_all
from .grade_one import read_files
from .plan import Plan, make_plans


@dataclass(frozen=True)
class ClassRun:
    """jobs: how many run at a time on this machine. announce: gets a sentence now and then while
    known mistakes are recorded. results: keeps the reports, if anything does. client: of the Dask
    cluster that grades, if one does.
    """

    entries: dict[str, Entry]
    submissions: Sequence[Submission]
    seed: int
    sandbox: Sandbox
    prove: Callable[[], None]
    jobs: int
    announce: Announce
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

    def grade(
        self, submissions: Sequence[Submission], done: Callable[[Submission, Report], None]
    ) -> list[Report]:
        """The reports on some of the submissions, in their order; each is kept as it comes.

        Raises ResultsError if one can't be kept: those before it are.
        """
        needed = Counter(submission.problem_id for submission in submissions)
        entries = [entry for entry in self.entries.values() if entry.id in needed]
        oracle = CachedAnswers(Reference())
        plans = make_plans(entries, self.seed, oracle, self.jobs, self.announce)

        def kept(submission: Submission, report: Report) -> None:
            if self.results is not None:
                self.results.keep(report, submission, self.entries[submission.problem_id])
            done(submission, report)

        usable = [plan.entry for plan in plans.values() if isinstance(plan, Plan)]
        # Wrong submissions get practice cases too. A single one would wait as long as it gains.
        compile_ahead([e for e in usable if needed[e.id] > 1], [self.seed, SEED])
        share_programs(usable)
        if self.client is not None:
            from .on_dask import grade_all_on

            return grade_all_on(self.client, submissions, plans, self.sandbox, kept)
        return grade_all(submissions, plans, self.sandbox, kept, self.prove, self.jobs)
