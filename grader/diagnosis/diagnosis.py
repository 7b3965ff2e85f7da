"""A diagnosis: what is known about a submission's wrong answers, as data."""

from __future__ import annotations

from dataclasses import dataclass

from .finding import Finding
from .heat_map import HeatMap
from .pixels_read import Reading


@dataclass(frozen=True)
class Diagnosis:
    """What is certain, and nothing else. Empty where all is right.

    what: what is wrong, the most telling first. where: the property that failing
    cases have and no other. heat: where the first wrong numbers are. example: lines that show the
    smallest failing case in full. reading: which pixels each token read.
    """

    what: tuple[Finding, ...] = ()
    where: Finding | None = None
    heat: HeatMap | None = None
    example: tuple[str, ...] = ()
    reading: Reading | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, for the student."""
        return (*self.what, self.where) if self.where else self.what
