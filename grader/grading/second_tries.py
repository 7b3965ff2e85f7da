"""Second tries: who may have been disturbed is graded again, within a share of the run's time."""

import dataclasses
import logging
import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed

from ..report.report import Report
from ..submissions import Submission

log = logging.getLogger(__name__)

SHARE = 1 / 3  # of the time that the first tries took
AT_LEAST = 60.0  # seconds, for the class in which one is disturbed
NO_SECOND_TRY = (
    "Something else on this machine may have slowed it or ended it, and there was no time left to "
    "grade it again."
)

Submit = Callable[[Submission], Future[Report]]
Done = Callable[[Submission, Report], None]
Announce = Callable[[str], None]


def collect(
    submissions: Sequence[Submission],
    submit: Submit,
    done: Done,
    at_once: int,
    until: float = math.inf,
    clock: Callable[[], float] = time.monotonic,
    announce: Announce = log.info,
) -> list[Report]:
    """The reports in the order of the submissions; `done` gets each as it comes.

    A report that neighbours may have disturbed is made again after all others, `at_once` at a time;
    if it looks disturbed then too, a last time alone. No such try starts after `until` (of the
    clock), or when they have had their share of the time. A report that another try could still
    change says so, and stays `disturbed`. announce: gets a sentence if any is made again.
    """
    started = clock()
    reports: dict[Submission, Report] = {}
    disturbed: dict[Submission, Report] = {}
    futures = {submit(submission): submission for submission in submissions}
    for future in as_completed(futures):
        submission, report = futures[future], future.result()
        if report.disturbed and len(submissions) > 1:
            disturbed[submission] = report
        else:
            reports[submission] = dataclasses.replace(report, disturbed=False)
            done(submission, reports[submission])
    now = clock()
    ends = min(now + max(AT_LEAST, SHARE * (now - started)), until)
    if disturbed:
        announce(
            f"To be graded again, since others may have slowed or ended them: {len(disturbed)} of "
            f"{len(submissions)}. For that there are {max(0.0, ends - now):.0f} s."
        )
    for width in (at_once, 1):
        for some in _short_ones_first(disturbed, width):
            if clock() >= ends:
                break
            tries = [(submission, submit(submission)) for submission in some]
            for submission, future in tries:
                disturbed[submission] = future.result()
                if len(some) == 1 or not disturbed[submission].disturbed:
                    report = dataclasses.replace(disturbed.pop(submission), disturbed=False)
                    reports[submission] = report
                    done(submission, report)
    for submission, report in disturbed.items():
        reports[submission] = dataclasses.replace(report, notes=(*report.notes, NO_SECOND_TRY))
        done(submission, reports[submission])
    return [reports[submission] for submission in submissions]


def _short_ones_first(
    disturbed: dict[Submission, Report], width: int
) -> Iterator[list[Submission]]:
    """So many at a time. Those whose last try was short come first, so that most get another."""
    order = sorted(disturbed, key=lambda submission: disturbed[submission].seconds)
    for place in range(0, len(order), width):
        yield order[place : place + width]
