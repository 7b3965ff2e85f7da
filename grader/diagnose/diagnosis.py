"""A diagnosis: all that can be told and drawn of a submission's wrong answers, as data."""

from __future__ import annotations

from dataclasses import dataclass

from .heat import HeatMap
from .reading import Reading


@dataclass(frozen=True)
class Diagnosis:
    """What is certain, and nothing else. Empty where all is right.

    findings: sentences for the student, the most telling first. heat: where the first wrong
    numbers are. example: lines that show the smallest failing case in full. reading: which pixels
    each token read.
    """

    findings: tuple[str, ...] = ()
    heat: HeatMap | None = None
    example: tuple[str, ...] = ()
    reading: Reading | None = None
