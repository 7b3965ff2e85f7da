"""What students got wrong, counted: reports grouped by the ids of findings and by kinds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..common.verdict import Verdict
from ..judging.kind import Kind
from ..report.report import Report

UNKNOWN = "Why could not be told."
SENTENCES = {
    Kind.ACCEPTED: "All cases are right.",
    Kind.WRONG_SIZE: "It returned too many or too few numbers.",
    Kind.WRONG_SHAPE: "The numbers are right, but in another shape than the one asked for.",
    Kind.NOT_FINITE: "Numbers are NaN or infinite.",
    Kind.LOW_PRECISION: "Numbers are less exact than float32.",
    Kind.WRONG_VALUES: "Numbers are wrong.",
    Kind.NOT_STARTED: "Not started.",
    Kind.UNREADABLE: "The file could not be read.",
    Kind.SYNTAX_ERROR: "Python cannot read it.",
    Kind.IMPORT_ERROR: "An import fails.",
    Kind.MISSING_FUNCTION: "It lacks the function that the grader calls.",
    Kind.WRONG_SIGNATURE: "Its function takes other parameters.",
    Kind.EXCEPTION: "It raises an exception.",
    Kind.NO_RESULT: "It returned None.",
    Kind.NOT_AN_ARRAY: "It returned something other than an array of numbers.",
    Kind.KILLED: "Its process was killed from outside.",
    Kind.CRASHED: "Its process died of a signal.",
    Kind.EXITED: "It ended its own process.",
    Kind.GARBAGE: "It wrote to the channel that carries its answers.",
    Kind.TIME_LIMIT: "It ran past a time limit.",
    Kind.MEMORY_LIMIT: "It ran out of memory.",
    Kind.OUTPUT_LIMIT: "It printed too much.",
    Kind.RULE_BROKEN: "It uses what the problem forbids.",
    Kind.NOT_MARKED: "The grader failed, not the submission.",
}


@dataclass(frozen=True)
class Mistake:
    """id: of the first finding; a kind if there is none, with the type of an exception."""

    id: str
    sentence: str


def mistake_of(report: Report) -> Mistake:
    """What to count a report under that is not accepted: the most telling thing known of it."""
    for finding in report.diagnosis.findings[:1]:
        return Mistake(finding.id, finding.sentence)
    if report.raised:
        return Mistake(f"{report.kind}:{report.raised}", f"It raises {report.raised}.")
    sentence = SENTENCES[report.kind]
    unknown = report.verdict is Verdict.WRONG_ANSWER
    return Mistake(report.kind, f"{sentence} {UNKNOWN}" if unknown else sentence)


def common_mistakes(reports: Iterable[Report]) -> list[tuple[Mistake, list[Report]]]:
    """The mistakes with who made them, the most frequent first; equally many as they come.

    The sentence of a mistake is that of the first who made it.
    """
    groups: dict[str, tuple[Mistake, list[Report]]] = {}
    for report in reports:
        mistake = mistake_of(report)
        groups.setdefault(mistake.id, (mistake, []))[1].append(report)
    return sorted(groups.values(), key=lambda group: -len(group[1]))
