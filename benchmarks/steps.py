"""Where the time of one submission goes, step by step: `speed.py --steps`.

The grader's own functions run in this process, each inside a clock; nothing of them is changed.
"""

from __future__ import annotations

import functools
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from peers.the_class import SEED, make_students

from grader.common.xla import set_xla_flags
from grader.course.catalogue import load_course
from grader.grading import grade_one
from grader.grading.grade_one import grade_submission
from grader.grading.plan import make_plan
from grader.oracle.compile_ahead import compile_ahead
from grader.oracle.program_cache import keep_compiled
from grader.oracle.reference import Reference
from grader.report.report import Report
from grader.report.results_folder import ResultsFolder
from grader.report.run import Run, graded_problem
from grader.sandbox import choose_sandbox
from grader.sandbox.session import Session
from grader.submissions import find_submissions
from grader.submissions.roster import Student
from grader.writers.all_outputs import write_all

STEPS = (
    *("worker ready", "read and import", "first case of each shape", "other cases", "compare"),
    *("end the worker", "keep the report", "all else"),
)


class Clocks:
    """Seconds by step, of the submission that is being graded."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._shapes: set[str] = set()

    def start(self) -> None:
        self.seconds.clear()
        self._shapes.clear()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - started

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*arguments: Any, **named: Any) -> Any:
            with self.step(name):
                return function(*arguments, **named)

        return timed

    def around_ask(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(session: Session, case: Any, elements: int) -> Any:
            new = case.group not in self._shapes  # a group is a shape here
            self._shapes.add(case.group)
            with self.step("first case of each shape" if new else "other cases"):
                return function(session, case, elements)

        return timed


@contextmanager
def clocks_around() -> Iterator[Clocks]:
    """Puts clocks around the steps, and takes them away."""
    clocks = Clocks()
    names: Mapping[str, Any] = {
        "ready": staticmethod(clocks.around("worker ready", Session.ready)),
        "load": clocks.around("read and import", Session.load),
        "ask": clocks.around_ask(Session.ask),
        "finish": clocks.around("end the worker", Session.finish),
        "__exit__": clocks.around("end the worker", Session.__exit__),
    }
    judge = clocks.around("compare", vars(grade_one)["judge"])
    with patch.multiple(Session, **names), patch.object(grade_one, "judge", judge):
        yield clocks


def print_steps(where: Path, root: Path, count: int) -> None:
    """Grades a class alone, one after the other, and prints medians in milliseconds."""
    course = load_course(root)
    make_students(where / "class", count)
    entries = {entry.id: entry for entry in course.entries.values()}
    submissions = find_submissions([where / "class"], [*entries.values()]).submissions
    once = Clocks()
    with once.step("the sandbox is proven"):
        sandbox = choose_sandbox("auto", [*course.root.glob("solutions/*/reference.py")])
    set_xla_flags()
    keep_compiled()
    oracle = Reference()
    with once.step("cases and right answers of both problems"):
        plans = {entry.id: make_plan(entry, SEED, oracle) for entry in entries.values()}
    reports: list[Report] = []
    times: dict[str, list[dict[str, float]]] = defaultdict(list)
    with ResultsFolder(where / "results", SEED) as results, clocks_around() as clocks:
        with once.step("compiled before: read, and what is missing"):
            compile_ahead([*entries.values()], [SEED])
        for submission in submissions:
            clocks.start()
            started = time.perf_counter()
            report = grade_submission(plans[submission.problem_id], submission, sandbox)
            with clocks.step("keep the report"):
                results.keep(str(len(reports)), report)
            whole = time.perf_counter() - started
            clocks.seconds["all else"] = whole - sum(clocks.seconds.values())
            times[submission.problem_id].append({**clocks.seconds, "all": whole})
            reports.append(report)
        students = tuple(Student(name) for name in sorted({r.student for r in reports}))
        problems = tuple(map(graded_problem, entries.values()))
        with once.step(f"all results are written, {len(reports)} reports"):
            write_all(Run(SEED, problems, students, tuple(reports)), where / "results", {})
    assert all(report.verdict.value == "accepted" for report in reports)
    print_table(times, once.seconds)


def print_table(times: Mapping[str, list[dict[str, float]]], once: Mapping[str, float]) -> None:
    """Medians; of each problem's first submission nothing, since a first worker starts slowly."""
    print(f"\n| ms of wall-clock time | {' | '.join(times)} |\n|{' --- |' * (len(times) + 1)}")
    for step in (*STEPS, "all"):
        medians = [
            1000 * statistics.median(each.get(step, 0.0) for each in rows[1:] or rows)
            for rows in times.values()
        ]
        print(f"| {step} | {' | '.join(f'{value:.1f}' for value in medians)} |")
    print("\n| once a run | ms |\n| --- | --- |")
    for step, seconds in once.items():
        print(f"| {step} | {1000 * seconds:.0f} |")
