"""Second tries: they help whom others disturbed, and a class still ends within its bound."""

from __future__ import annotations

import dataclasses
from collections import Counter
from concurrent.futures import Future
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples
from support.synthetic import synthetic_run

from grader.grading.second_tries import AT_LEAST, NO_SECOND_TRY, SHARE, collect
from grader.report.report import Report
from grader.submissions import Submission

REPORT = synthetic_run(1).reports[0]


class Made:
    """A made-up class on a clock of its own. tries: for each submission, what each try of it takes
    in seconds, and whether the report looks disturbed; its last try repeats.
    """

    def __init__(self, tries: list[list[tuple[float, bool]]], at_once: int = 1):
        self.now, self._tries, self.at_once = 0.0, tries, at_once
        self.submissions = [Submission(str(n), Path(str(n)), "p") for n in range(len(tries))]
        self.started = Counter[str]()
        self.told: list[Submission] = []
        self.announced: list[str] = []

    def submit(self, submission: Submission) -> Future[Report]:
        """One after the other: the slowest way in which it may go."""
        mine = self._tries[int(submission.student)]
        seconds, disturbed = mine[min(self.started[submission.student], len(mine) - 1)]
        self.started[submission.student] += 1
        self.now += seconds
        done: Future[Report] = Future()
        done.set_result(dataclasses.replace(REPORT, seconds=seconds, disturbed=disturbed))
        return done

    def collect(self, until: float = float("inf")) -> list[Report]:
        return collect(
            self.submissions,
            self.submit,
            lambda submission, _: self.told.append(submission),
            self.at_once,
            until,
            lambda: self.now,
            self.announced.append,
        )


@examples(200)
@given(
    tries=st.lists(
        st.lists(st.tuples(st.floats(0, 560), st.booleans()), min_size=1, max_size=3), max_size=30
    ),
    at_once=st.integers(1, 4),
)
def test_a_class_ends_within_its_bound(tries: list[list[tuple[float, bool]]], at_once: int) -> None:
    made = Made(tries, at_once)
    reports = made.collect()
    first = sum(mine[0][0] for mine in tries)
    worst = max((seconds for mine in tries for seconds, _ in mine), default=0)
    assert made.now <= first + max(AT_LEAST, SHARE * first) + at_once * worst + 1e-6
    assert sorted(made.told, key=made.submissions.index) == made.submissions
    # Who got no second try says so, and nobody else does.
    for submission, report in zip(made.submissions, reports, strict=True):
        assert report.disturbed is (NO_SECOND_TRY in report.notes)
        if made.started[submission.student] == 1 and len(tries) > 1:
            assert report.disturbed is tries[int(submission.student)][0][1]


def test_a_second_try_that_is_undisturbed_counts() -> None:
    made = Made([[(1, False)], [(3, True), (2, False)], [(1, False)]], at_once=2)
    assert [report.seconds for report in made.collect()] == [1, 2, 1]
    assert made.started == {"0": 1, "1": 2, "2": 1}
    (sentence,) = made.announced
    assert sentence.endswith("or ended them: 1 of 3. For that there are 60 s.")


def test_who_is_disturbed_among_second_tries_gets_one_alone() -> None:
    made = Made([[(1, True)], [(1, True), (1, True), (7, True)]], at_once=2)
    assert [(r.seconds, r.disturbed) for r in made.collect()] == [(1, False), (7, False)]
    assert made.started == {"0": 3, "1": 3}


def test_the_short_ones_come_first_if_time_is_short() -> None:
    made = Made([[(300, True)], [(1, True)], [(40, True)], [(200, True)]])
    assert [report.disturbed for report in made.collect()] == [True, False, False, False]


def test_nothing_starts_after_the_end() -> None:
    made = Made([[(10, True)]] * 8)
    assert sum(report.disturbed for report in made.collect(until=100)) == 6


def test_who_is_alone_gets_one_try() -> None:
    made = Made([[(10, True)]])
    (report,) = made.collect()
    assert (made.started["0"], report.disturbed) == (1, False)
    assert made.announced == []
