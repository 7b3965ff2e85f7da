"""The kinds of what happened to a submission: stable names, for statistics and for tables."""

from __future__ import annotations

from enum import StrEnum

from ..common.verdict import Verdict


class Kind(StrEnum):
    """What happened, finer than a verdict. The values stay when the sentences change."""

    ACCEPTED = "accepted"
    WRONG_SIZE = "wrong_size"
    WRONG_SHAPE = "wrong_shape"
    NOT_FINITE = "not_finite"
    LOW_PRECISION = "low_precision"  # wrong by little, or in a type of 16 bits
    WRONG_VALUES = "wrong_values"
    NOT_STARTED = "not_started"
    UNREADABLE = "unreadable"  # too large, a link, no regular file
    SYNTAX_ERROR = "syntax_error"
    IMPORT_ERROR = "import_error"
    MISSING_FUNCTION = "missing_function"
    WRONG_SIGNATURE = "wrong_signature"
    EXCEPTION = "exception"
    NO_RESULT = "no_result"  # None
    NOT_AN_ARRAY = "not_an_array"
    KILLED = "killed"  # from outside
    CRASHED = "crashed"  # by a signal of its own
    EXITED = "exited"
    GARBAGE = "garbage"  # bytes of its own in the channel of the answers
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    RULE_BROKEN = "rule_broken"
    NOT_MARKED = "not_marked"

    @property
    def verdict(self) -> Verdict:
        """The verdict that each kind belongs to."""
        return _VERDICTS.get(self, Verdict.RUN_TIME_ERROR)


_VERDICTS = {
    Kind.ACCEPTED: Verdict.ACCEPTED,
    Kind.WRONG_SIZE: Verdict.WRONG_ANSWER,
    Kind.WRONG_SHAPE: Verdict.WRONG_ANSWER,
    Kind.NOT_FINITE: Verdict.WRONG_ANSWER,
    Kind.LOW_PRECISION: Verdict.WRONG_ANSWER,
    Kind.WRONG_VALUES: Verdict.WRONG_ANSWER,
    Kind.TIME_LIMIT: Verdict.TIME_LIMIT_EXCEEDED,
    Kind.MEMORY_LIMIT: Verdict.MEMORY_LIMIT_EXCEEDED,
    Kind.OUTPUT_LIMIT: Verdict.OUTPUT_LIMIT_EXCEEDED,
    Kind.RULE_BROKEN: Verdict.RULE_VIOLATION,
    Kind.NOT_MARKED: Verdict.JUDGE_ERROR,
}
