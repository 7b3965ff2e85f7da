"""What students got wrong, counted: reports grouped by the ids of findings and by kinds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..common.verdict import Verdict
from ..report.report import Report


@dataclass(frozen=True)
class Mistake:
    """id: of the first finding; a kind if there is none, with the type of an exception."""

    id: str
    sentence: str


def mistake_of(report: Report) -> Mistake:
    """The most telling thing that is known of a submission that is not accepted."""
    for finding in report.diagnosis.findings[:1]:
        return Mistake(finding.id, finding.sentence)
    if report.raised:
        return Mistake(f"{report.kind}:{report.raised}", f"It raises {report.raised}.")
    words = report.kind.replace("_", " ").capitalize()
    unknown = report.verdict is Verdict.WRONG_ANSWER
    return Mistake(report.kind, f"{words}: the grader found no cause." if unknown else f"{words}.")


def common_mistakes(reports: Iterable[Report]) -> list[tuple[Mistake, list[Report]]]:
    """Each mistake with the reports that have it, the most frequent first.

    The sentence of a mistake is that of the first report.
    """
    groups: dict[str, tuple[Mistake, list[Report]]] = {}
    for report in reports:
        mistake = mistake_of(report)
        groups.setdefault(mistake.id, (mistake, []))[1].append(report)
    return sorted(groups.values(), key=lambda group: -len(group[1]))
