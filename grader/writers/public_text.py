"""What may be said of a report to its student: nothing that was drawn for a hidden case.

Whatever the student's code says after it got a case may hold that case: its messages, the types of
what it raises, what it returns, and what it claims to use.
"""

from __future__ import annotations

import builtins
from dataclasses import replace

from ..common.verdict import Verdict
from ..diagnosis.diagnose import FACTOR, Diagnosis
from ..diagnosis.finding import Finding
from ..judging.judgement import Kind
from ..report.report import Report

BROKEN_RULE = (
    "It uses something that this problem forbids (read its statement), so it gets no points. "
    "`grader check` names it, and the line."
)
# What happened in a hidden case, in words of ours.
WHAT_HAPPENED = {
    Kind.RULE_BROKEN: BROKEN_RULE,
    Kind.WRONG_SIZE: "It returned too many or too few numbers. Check the number of tokens, and the "
    "number of features of each token.",
    Kind.WRONG_SHAPE: "The numbers are right, but not in the shape that this problem asks for.",
    Kind.NOT_FINITE: "Some numbers are NaN or infinite. Look for a division by zero, an overflow, "
    "or an array that was never filled.",
    Kind.LOW_PRECISION: "The numbers are off by little, but by too much for float32 rounding. Look "
    "for half precision, rounding or an approximation.",
    Kind.WRONG_VALUES: "Some numbers are wrong.",
    Kind.TIME_LIMIT: "It was still running when its time was over. Look for a loop that does not "
    "end, or compute with whole arrays instead of one number at a time.",
    Kind.MEMORY_LIMIT: "It ran out of memory. Look for an array that is larger than the inputs and "
    "the output together.",
    Kind.NO_RESULT: "It returned None (is a `return` missing?).",
    Kind.NOT_AN_ARRAY: "It returned something that is no array of numbers.",
    Kind.IMPORT_ERROR: "An import fails.",
    Kind.KILLED: "Its process was killed from outside. Mostly this means that the machine had no "
    "memory left. Look for arrays that are larger than necessary.",
    Kind.CRASHED: "Its process crashed. Run it yourself to see why.",
    Kind.EXITED: "It ended its own process. Remove calls of `exit`, `quit` and `os._exit`.",
    Kind.EXCEPTION: "It raises an exception.",
}
ANYTHING_ELSE = "It could not be run to its end."
SOME_FACTOR = (
    "In each wrong case, your numbers, or a part of them, are the right ones times a factor. Look "
    "for a factor that does not belong there, or for one that is missing."
)


def public_message(report: Report) -> str:
    """The message, "" if it may hold something of a hidden case."""
    if report.verdict is Verdict.RULE_VIOLATION:
        return BROKEN_RULE
    fixed = (
        report.verdict in (Verdict.ACCEPTED, Verdict.OUTPUT_LIMIT_EXCEEDED)
        or report.kind is Kind.NOT_STARTED  # names the function and nothing else
        or not any(case.verdict for case in report.cases)
    )
    return report.message if fixed else ""


def what_happened(report: Report) -> str:
    """The message, or what happened in the hidden case that decided."""
    exception = getattr(builtins, report.raised, None)
    if isinstance(exception, type) and issubclass(exception, BaseException):
        happened = f"It raises {report.raised}."
    else:
        happened = WHAT_HAPPENED.get(report.kind, ANYTHING_ELSE)
    return public_message(report) or happened


def public_diagnosis(found: Diagnosis) -> Diagnosis:
    """The diagnosis without the numbers of hidden cases: what is left is of public inputs.

    A factor is computed from hidden answers, so the student's code can make it tell of them. What
    was measured on public inputs says it as well, if there is something.
    """
    measured = any(not finding.id.startswith(("known-", FACTOR)) for finding in found.what)
    what = tuple(
        Finding(finding.id, SOME_FACTOR) if finding.id.startswith(FACTOR) else finding
        for finding in found.what
        if not (measured and finding.id.startswith(FACTOR))
    )
    heat = found.heat if found.heat and found.heat.of_example else None
    return replace(found, what=what, heat=heat)
