"""The result of each group of cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..common.verdict import Verdict
from ..report.report import CaseReport, GroupReport, Report

SIGNS = {"right": "✓", "wrong": "✗", "not run": "·"}


@dataclass(frozen=True)
class GroupOutcome:
    """verdict: of the case that failed, else what cost the points; None if a case was not run.
    sentence: why. seconds: of its cases together.
    """

    group: GroupReport
    verdict: Verdict | None
    sentence: str
    seconds: float

    @property
    def right(self) -> bool:
        return self.verdict is Verdict.ACCEPTED


def group_states(cases: Iterable[CaseReport]) -> dict[str, str]:
    """By the name of the group: "wrong" if a case failed, "not run" if one was not run, "right"."""
    results: dict[str, set[bool | None]] = {}
    for case in cases:
        results.setdefault(case.group, set()).add(case.accepted if case.verdict else None)
    return {
        name: "wrong" if False in found else "not run" if None in found else "right"
        for name, found in results.items()
    }


def group_outcomes(report: Report) -> list[GroupOutcome]:
    """In the problem's order. Empty for a judge error, since nothing was judged."""
    return [_outcome(report, group) for group in report.groups]


def _outcome(report: Report, group: GroupReport) -> GroupOutcome:
    cases = [case for case in report.cases if case.group == group.name]
    seconds = sum(case.seconds for case in cases)
    for case in cases:
        if case.verdict and not case.accepted:
            return GroupOutcome(group, case.verdict, case.message, seconds)
    if not cases or not all(case.accepted for case in cases):
        return GroupOutcome(group, None, f"Not run: {report.message}", seconds)
    if group.points < group.max_points:
        sentence = f"Its cases are right, but all points are lost: {report.message}"
        return GroupOutcome(group, report.verdict, sentence, seconds)
    return GroupOutcome(group, Verdict.ACCEPTED, "All its cases are right.", seconds)
