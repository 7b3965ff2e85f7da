"""A diagnosis: all that can be told and drawn of a submission's wrong answers, as data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from .finding import Finding
from .fingerprints import Namer, Prints
from .heat_map import HeatMap
from .pixels_read import Reading

MOST_NAMED = 3  # mistakes that can't be told apart


@dataclass(frozen=True)
class Diagnosis:
    """What is certain, and nothing else. Empty where all is right.

    what: what is wrong, the most telling first. where: the property that failing
    cases have and no other. heat: where the first wrong numbers are. example: lines that show the
    smallest failing case in full. reading: which pixels each token read. prints: of all answers,
    the submission's and the right ones, by which known mistakes are named.
    """

    what: tuple[Finding, ...] = ()
    where: Finding | None = None
    heat: HeatMap | None = None
    example: tuple[str, ...] = ()
    reading: Reading | None = None
    prints: tuple[Prints, Prints] | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, for the student."""
        return (*self.what, self.where) if self.where else self.what

    def named(self, name: Namer) -> Diagnosis:
        """The same with the known mistake, where it is one: that tells more than anything else."""
        if self.prints is None:
            return self
        names = name(*self.prints)
        if not 0 < len(names) <= MOST_NAMED:
            return self
        sentence = " Or: ".join(names)
        known = f"known-{hashlib.sha256(sentence.encode()).hexdigest()[:8]}"
        return replace(self, what=(Finding(known, sentence),))
