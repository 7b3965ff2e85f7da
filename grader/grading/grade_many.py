"""Grades many submissions side by side; one that breaks the grader stops nobody else's."""

import dataclasses
import logging
import math
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import psutil

from ..common.errors import SandboxError
from ..report.report import Report, judge_error
from ..sandbox import Sandbox, worker_threads
from ..submissions import Submission
from .grade_one import grade_submission
from .plan import NoPlan, Plans
from .second_tries import Announce, collect

log = logging.getLogger(__name__)

Running = Callable[[Submission], AbstractContextManager[None]]


def not_shown(_: Submission) -> AbstractContextManager[None]:
    """Shows nobody what is running."""
    return nullcontext()


def grade_all(
    submissions: Sequence[Submission],
    plans: Plans,
    sandbox: Sandbox,
    done: Callable[[Submission, Report], None],
    prove: Callable[[], None],
    jobs: int,
    until: float = math.inf,
    running: Running = not_shown,
    announce: Announce = log.info,
) -> list[Report]:
    """The reports, in the order of the submissions; `done` gets each as it comes.

    `jobs` run at a time: each is a process of its own, and the threads here only wait for them.
    An interrupt ends every worker before it is passed on. until: the time (of `time.monotonic`)
    after which no second try starts. running: is entered on a thread while it waits for a worker.
    announce: gets a sentence if some are graded again.

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
            with running(submission):
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
        at_once = _at_once(jobs, plans)
        return collect(
            submissions, lambda s: pool.submit(grade, s), done, at_once, until, announce=announce
        )


def _at_once(jobs: int, plans: Plans) -> int:
    """How many second tries run at a time: so many that memory is enough for all their limits."""
    most = max((plan.entry.problem.limits.memory_bytes for plan in plans.values()), default=1)
    room = int(psutil.virtual_memory().available) // most
    return max(1, min(jobs, room))
