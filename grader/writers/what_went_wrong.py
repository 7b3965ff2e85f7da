"""Under which sentence a class report counts a submission that is not accepted."""

from __future__ import annotations

import re

from ..common.verdict import Verdict
from ..report.report import Report

# Where the part of a message begins that differs from student to student.
_PARTICULAR = re.compile(r"[:;,]|\. | \(| (?:on|at|while|when|where) ")
_COUNTS = re.compile(r"^[\d,]+ of [\d,]+ numbers")
_SIZE = re.compile(r"^It returned [\d,]+ numbers?")


def kind_of(report: Report) -> str:
    """What to count a report under that is not accepted: a sentence that others share.

    The first finding; if there is none, the message without what differs from student to
    student: the case, the place, the numbers.
    """
    if report.diagnosis.findings:
        return report.diagnosis.findings[0]
    message = _COUNTS.sub("Numbers", report.message)
    message = _SIZE.sub("It returned too many or too few numbers", message)
    kind = _PARTICULAR.split(message, maxsplit=1)[0].rstrip(".") + "."
    return f"{kind} Why could not be told." if report.verdict is Verdict.WRONG_ANSWER else kind
