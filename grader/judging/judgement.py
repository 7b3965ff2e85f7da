"""A judgement: the verdict on one case, as data."""

from __future__ import annotations

from dataclasses import dataclass

from ..common.verdict import Verdict
from .compare import Difference
from .kind import Kind


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
