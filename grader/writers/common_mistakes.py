"""What students got wrong, counted: reports grouped by the ids of findings and by kinds."""

from __future__ import annotations

from collections.abc import Iterable

from ..common.verdict import Verdict
from ..diagnosis.finding import Finding
from ..report.report import Report


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
