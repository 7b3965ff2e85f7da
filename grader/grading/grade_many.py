"""Grades many submissions side by side; one that breaks the grader stops nobody else's."""

import dataclasses
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed

from ..common.errors import SandboxError
from ..report.report import Report, judge_error
from ..sandbox import Sandbox, worker_threads
from ..submissions import Submission
from .grade_one import grade_submission
from .plan import NoPlan, Plans

log = logging.getLogger(__name__)


def grade_all(
    submissions: Sequence[Submission],
    plans: Plans,
    sandbox: Sandbox,
    done: Callable[[Submission, Report], None],
    prove: Callable[[], None],
    jobs: int,
) -> list[Report]:
    """The reports, in the order of the submissions; `done` gets each as it comes.

    `jobs` run at a time: each is a process of its own, and the threads here only wait for them.
    An interrupt ends every worker before it is passed on.

    If a worker doesn't start, `prove` tries the sandbox once more. If that raises SandboxError, no
    more submissions are run: the others get judge errors.
    """
    broken: list[SandboxError] = []
    one_at_a_time = threading.Lock()

    def grade(submission: Submission) -> Report:
        plan = plans[submission.problem_id]
        try:
            if isinstance(plan, NoPlan):
                raise plan.error
            if broken:
                raise broken[0]
            return grade_submission(plan, submission, sandbox)
        except SandboxError as error:
            log.info("no worker started, so the sandbox is tried once more: %s", error)
            with one_at_a_time:
                if not broken:
                    try:
                        prove()
                    except (SandboxError, OSError) as why:
                        message = f"the sandbox stopped working, so nothing more was run: {why}"
                        broken.append(SandboxError(message))
            report = judge_error(plan.entry, submission, sandbox.name, error)
            return dataclasses.replace(report, disturbed=not broken)
        except Exception as error:
            return judge_error(plan.entry, submission, sandbox.name, error)

    with worker_threads(jobs) as pool:
        return collect(submissions, lambda submission: pool.submit(grade, submission), done)


def collect(
    submissions: Sequence[Submission],
    submit: Callable[[Submission], Future[Report]],
    done: Callable[[Submission, Report], None],
) -> list[Report]:
    """The reports in the order of the submissions; `done` gets each as it comes.

    A report that neighbours may have disturbed is made again, alone, after all others.
    """
    reports = {}
    again = []
    futures = {submit(submission): submission for submission in submissions}
    for future in as_completed(futures):
        submission, report = futures[future], future.result()
        if report.disturbed and len(submissions) > 1:
            again.append(submission)
        else:
            reports[submission] = report
            done(submission, report)
    if again:
        log.info("%d submissions are graded again, alone: others may have slowed them", len(again))
    for submission in again:
        reports[submission] = submit(submission).result()
        done(submission, reports[submission])
    return [reports[submission] for submission in submissions]
