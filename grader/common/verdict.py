"""The verdicts, by the field's names."""

from enum import StrEnum


class Verdict(StrEnum):
    """The result of a case, and of a submission as a whole."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    RUN_TIME_ERROR = "run_time_error"
    TIME_LIMIT_EXCEEDED = "time_limit_exceeded"
    MEMORY_LIMIT_EXCEEDED = "memory_limit_exceeded"
    OUTPUT_LIMIT_EXCEEDED = "output_limit_exceeded"
    RULE_VIOLATION = "rule_violation"
    JUDGE_ERROR = "judge_error"  # a fault of the grader or the course, never the student's

    @property
    def words(self) -> str:
        """As people say it: "run-time error"."""
        return self.value.replace("run_time", "run-time").replace("_", " ")
