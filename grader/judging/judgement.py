"""A judgement: what the grader makes of one case, as data."""

from __future__ import annotations

from dataclasses import dataclass

from ..common.verdict import Verdict
from .compare import Difference
from .kind import Kind


@dataclass(frozen=True)
class Judgement:
    """The kind of what happened, the sentence that explains it, and for numbers how far off.

    raised: the type of the exception, if one was raised. note: for the report, whatever the
    verdict.
    """

    kind: Kind
    message: str = ""
    note: str = ""
    difference: Difference | None = None
    raised: str = ""

    @property
    def verdict(self) -> Verdict:
        return self.kind.verdict
