"""A judgement, as data: what happened on one case, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from ..common.verdict import Verdict
from .compare import Difference


class Kind(StrEnum):
    """What happened, finer than a verdict. The names stay when the sentences change."""

    verdict: Verdict

    def __new__(cls, name: str, verdict: Verdict = Verdict.RUN_TIME_ERROR) -> Self:
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.verdict = verdict
        return kind

    ACCEPTED = "accepted", Verdict.ACCEPTED
    WRONG_SIZE = "wrong_size", Verdict.WRONG_ANSWER
    WRONG_SHAPE = "wrong_shape", Verdict.WRONG_ANSWER
    NOT_FINITE = "not_finite", Verdict.WRONG_ANSWER
    LOW_PRECISION = "low_precision", Verdict.WRONG_ANSWER  # wrong by little, or in 16 bits
    WRONG_VALUES = "wrong_values", Verdict.WRONG_ANSWER
    TIME_LIMIT = "time_limit", Verdict.TIME_LIMIT_EXCEEDED
    MEMORY_LIMIT = "memory_limit", Verdict.MEMORY_LIMIT_EXCEEDED
    OUTPUT_LIMIT = "output_limit", Verdict.OUTPUT_LIMIT_EXCEEDED
    RULE_BROKEN = "rule_broken", Verdict.RULE_VIOLATION
    NOT_MARKED = "not_marked", Verdict.JUDGE_ERROR
    # All others are run-time errors.
    NOT_STARTED = "not_started"
    UNREADABLE = "unreadable"  # too large, a link, no regular file
    SYNTAX_ERROR = "syntax_error"
    IMPORT_ERROR = "import_error"
    MISSING_FUNCTION = "missing_function"
    WRONG_SIGNATURE = "wrong_signature"
    EXCEPTION = "exception"
    NO_RESULT = "no_result"  # None
    NOT_AN_ARRAY = "not_an_array"
    KILLED = "killed"  # by another process or the kernel
    CRASHED = "crashed"  # by any other signal
    EXITED = "exited"
    GARBAGE = "garbage"  # wrote bytes into the grader's channel


@dataclass(frozen=True)
class Judgement:
    """message: explains a failure. note: shown whatever the verdict. difference: of an answer of
    the right size. raised: the type of the exception, if one was raised.
    """

    kind: Kind
    message: str = ""
    note: str = ""
    difference: Difference | None = None
    raised: str = ""

    @property
    def verdict(self) -> Verdict:
        return self.kind.verdict
