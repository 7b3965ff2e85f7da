"""The result of each group of cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..common.verdict import Verdict
from ..report.report import COSTS_ALL, CaseReport, GroupReport, Report

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


def group_outcomes(report: Report) -> Iterator[GroupOutcome]:
    """In the problem's order. Empty for a judge error, since nothing was judged."""
    for group in report.groups:
        cases = [case for case in report.cases if case.group == group.name]
        failed = next((case for case in cases if case.verdict and not case.accepted), None)
        verdict: Verdict | None = Verdict.ACCEPTED
        sentence = "All its cases are right."
        if failed:
            verdict, sentence = failed.verdict, failed.message
        elif not cases or not all(case.accepted for case in cases):
            verdict, sentence = None, f"Not run: {report.message}"
        elif report.verdict in COSTS_ALL:
            verdict = report.verdict
            sentence = f"Its cases are right, but all points are lost: {report.message}"
        yield GroupOutcome(group, verdict, sentence, sum(case.seconds for case in cases))
