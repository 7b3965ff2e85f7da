"""What became of each group of a report: its points, and a sentence that says why."""

from __future__ import annotations

from dataclasses import dataclass

from ..report.report import CaseReport, GroupReport, Report


@dataclass(frozen=True)
class GroupOutcome:
    """`right` is whether it gave all its points; `seconds` is what its cases took together."""

    group: GroupReport
    right: bool
    kind: str  # of what is wrong: a verdict, or why there is none
    sentence: str
    seconds: float


def group_outcomes(report: Report) -> list[GroupOutcome]:
    """In the problem's order. None for a judge error: it has not been judged."""
    by_group: dict[str, list[CaseReport]] = {}
    for case in report.cases:
        by_group.setdefault(case.group, []).append(case)
    return [_outcome(report, group, by_group.get(group.name, [])) for group in report.groups]


def _outcome(report: Report, group: GroupReport, cases: list[CaseReport]) -> GroupOutcome:
    seconds = sum(case.seconds for case in cases)
    wrong = next((case for case in cases if case.verdict and not case.accepted), None)
    if wrong is not None and wrong.verdict is not None:
        return GroupOutcome(group, False, wrong.verdict.value, wrong.message, seconds)
    if not cases or not all(case.accepted for case in cases):
        return GroupOutcome(group, False, "not_run", f"Not run: {report.message}", seconds)
    if group.points < group.max_points:
        sentence = f"Its cases are right. All points are lost all the same: {report.message}"
        return GroupOutcome(group, False, report.verdict.value, sentence, seconds)
    return GroupOutcome(group, True, "", "All its cases are right.", seconds)
