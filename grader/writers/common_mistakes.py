"""What students got wrong, counted: reports grouped by the ids of findings and by kinds, and the
groups of cases by how many have them right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..common.verdict import Verdict
from ..diagnosis.finding import Finding
from ..report.report import Report
from ..report.run import GradedGroup, GradedProblem
from .code_shown import function_text
from .groups import group_outcomes

LONGEST_CODE = 3000  # characters; a line may be long


def mistake_of(report: Report) -> Finding:
    """The most telling thing that is known of a submission that is not accepted: its first finding.

    Without one, the id is the kind of its verdict, with the type of an exception.
    """
    if report.diagnosis.findings:
        return report.diagnosis.findings[0]
    if report.raised:
        return Finding(f"{report.kind}:{report.raised}", f"It raises {report.raised}.")
    words = report.kind.replace("_", " ").capitalize()
    unknown = report.verdict is Verdict.WRONG_ANSWER
    return Finding(report.kind, f"{words}: the grader found no cause." if unknown else f"{words}.")


def common_mistakes(reports: Iterable[Report]) -> list[tuple[Finding, list[Report]]]:
    """Each mistake with the reports that have it, the most frequent first.

    The sentence of a mistake is that of the first report.
    """
    groups: dict[str, tuple[Finding, list[Report]]] = {}
    for report in reports:
        mistake = mistake_of(report)
        groups.setdefault(mistake.id, (mistake, []))[1].append(report)
    return sorted(groups.values(), key=lambda group: -len(group[1]))


def shortest_code(reports: Iterable[Report], entry_point: str) -> tuple[Report, str] | None:
    """The report whose function is the shortest, with its text: it has least besides the mistake.
    None if no report has the code of its function.
    """
    texts = ((report, function_text(report.code, entry_point)) for report in reports)
    there = [(report, text) for report, text in texts if text]
    shortest = min(there, key=lambda pair: len(pair[1]), default=None)
    return shortest and (shortest[0], shortest[1][:LONGEST_CODE])


@dataclass(frozen=True)
class GroupShare:
    """How many have a group of cases right, of those for whom it was judged: a case of it is wrong,
    or all are right.
    """

    group: GradedGroup
    right: int
    judged: int

    @property
    def share(self) -> float | None:
        """From 0 to 1, None if it was judged for nobody."""
        return self.right / self.judged if self.judged else None


def group_shares(problem: GradedProblem, reports: Sequence[Report]) -> list[GroupShare]:
    """The problem's groups, the hardest first, and last those that were judged for nobody."""
    outcomes = [outcome for report in reports for outcome in group_outcomes(report)]
    shares = []
    for group in problem.groups:
        judged = [o for o in outcomes if o.group.name == group.name and o.verdict is not None]
        shares.append(GroupShare(group, sum(o.right for o in judged), len(judged)))
    return sorted(shares, key=lambda s: 2.0 if s.share is None else s.share)
