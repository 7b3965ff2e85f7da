"""Grades the submissions of a class side by side, each by the plan of its problem."""

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
from ..sandbox import Sandbox
from ..submissions import Submission
from .grade_many import grade_all
from .plan import Plan, make_plans


@dataclass(frozen=True)
class ClassRun:
    """jobs: how many run at a time on this machine. announce: gets a sentence now and then while
    known mistakes are recorded. client: of the Dask cluster that grades, if one does.
    """

    entries: dict[str, Entry]
    seed: int
    sandbox: Sandbox
    prove: Callable[[], None]
    jobs: int
    announce: Announce
    client: Any = None

    def grade(
        self, submissions: Sequence[Submission], done: Callable[[Submission, Report], None]
    ) -> None:
        """Grades the submissions; `done` gets each report as it comes, and may raise."""
        needed = Counter(submission.problem_id for submission in submissions)
        entries = [entry for entry in self.entries.values() if entry.id in needed]
        oracle = CachedAnswers(Reference())
        plans = make_plans(entries, self.seed, oracle, self.jobs, self.announce)
        usable = [plan.entry for plan in plans.values() if isinstance(plan, Plan)]
        # Wrong submissions get practice cases too. A single one would wait as long as it gains.
        compile_ahead([e for e in usable if needed[e.id] > 1], [self.seed, SEED])
        share_programs(usable)
        if self.client is not None:
            from .on_dask import grade_all_on

            grade_all_on(self.client, submissions, plans, self.sandbox, done)
        else:
            grade_all(submissions, plans, self.sandbox, done, self.prove, self.jobs)
