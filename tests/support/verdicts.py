"""What a report must say."""

from __future__ import annotations

from grader.common.verdict import Verdict
from grader.report.report import Report


def one(report: Report, verdict: Verdict) -> str:
    """The message of a report that must have this verdict and, not being accepted, no score."""
    assert report.verdict is verdict, (report.message, report.output)
    if verdict is not Verdict.ACCEPTED:
        assert report.score == 0
    assert "\n" not in report.message
    return report.message


def violation(report: Report) -> str:
    message = one(report, Verdict.RULE_VIOLATION)
    assert "without a convolution" in message
    return message
