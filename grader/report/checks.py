"""Whether what was read of a results folder makes sense. The types say what each value can be; this
is what they can't say. Each function raises ValueError with what is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from datetime import UTC, datetime

from ..common.text import quote
from ..diagnosis.diagnose import Diagnosis
from .class_state import ClassState, Received
from .report import Report
from .run import GradedProblem, Run


def check_state(state: ClassState) -> None:
    """Of what a folder knows of its class."""
    _check_problems(state.problems)
    _no_two((student.id for student in state.roster.students), "students with the id")
    _check_time(state.due)
    _no_two(state.assignments.values(), "problems with the assignment")
    for item in state.received:
        _check_received(item, state.commands)
    places = ((s.command, s.student, s.problem_id, s.files[0], s.identity) for s in state.received)
    _no_two(places, "submissions at the place")


def _check_received(item: Received, commands: int) -> None:
    if not item.files or not item.reports or not 1 <= item.command <= commands:
        raise ValueError(f"a submission of {quote(item.student)} without a file, report or command")
    if any("\0" in path for path in (*item.files, *item.named)):
        raise ValueError(f"a submission of {quote(item.student)} at a place that is none")
    _check_time(item.handed_in.time)


def check_run(run: Run) -> None:
    """Of a whole run. Points that a person decided may be more than the maximum."""
    _check_problems(run.problems)
    _no_two((student.id for student in run.students), "students with the id")
    _no_two(((report.student, report.problem_id) for report in run.reports), "reports on")
    students = {student.id for student in run.students}
    problems = {problem.id for problem in run.problems}
    for report in run.reports:
        check_report(report)
        _known(report.student, students, "student")
        _known(report.problem_id, problems, "problem")


def check_report(report: Report) -> None:
    """Of a report, as it was graded or later decided."""
    if report.verdict is not report.kind.verdict:
        raise ValueError(f"{report.kind} is no {report.verdict.words}")
    _no_two((group.name for group in report.groups), "groups with the name")
    if report.groups and report.max_score != sum(group.max_points for group in report.groups):
        raise ValueError(f"the points of its groups don't add up to {report.max_score}")
    _check_diagnosis(report.diagnosis)


def _check_diagnosis(diagnosis: Diagnosis) -> None:
    if heat := diagnosis.heat:
        rows, columns = heat.off.shape
        if rows != len(heat.labels) or rows > heat.tokens or columns > heat.features:
            raise ValueError(f"a heat map of {rows} by {columns} and {len(heat.labels)} labels")
    if reading := diagnosis.reading:
        shape = reading.should.shape
        if shape != reading.does.shape or shape[0] != len(reading.labels):
            raise ValueError(f"pixels read of {shape} and {reading.does.shape}")


def _check_problems(problems: Sequence[GradedProblem]) -> None:
    _no_two((problem.id for problem in problems), "problems with the id")
    for problem in problems:
        _no_two((group.name for group in problem.groups), "groups with the name")
        if problem.max_score != sum(group.max_points for group in problem.groups):
            raise ValueError(f"the points of {quote(problem.id)} don't add up")


def _check_time(text: str) -> None:
    """Of a time in ISO 8601 that can be compared with others, or none."""
    try:
        time = datetime.fromisoformat(text) if text else datetime.now(UTC)
        time.astimezone()
        time.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"{quote(text)} is no time") from None


def _no_two(items: Iterable[Hashable], what: str) -> None:
    seen = set[Hashable]()
    for item in items:
        if item in seen:
            raise ValueError(f"two {what} {quote(str(item))}")
        seen.add(item)


def _known(name: str, names: Collection[str], what: str) -> None:
    if name not in names:
        raise ValueError(f"a report on a {what} that is not there, {quote(name)}")
