"""What a further look at a wrong function showed, and the finding from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from .finding import Finding
from .pixels_read import Reading

UNSTEADY = Finding(
    "unsteady",
    "The same arguments gave two different answers. Look for random numbers that you draw, for an "
    "array from `np.empty` that is not filled, and for a variable outside the function that keeps "
    "values of earlier calls.",
)
SMALL_ARE_RIGHT = Finding(
    "small-are-right",
    "On the smallest examples every number is right. Look for what is different in the wrong "
    "cases: other sizes, other values, or something kept from an earlier call.",
)


@dataclass(frozen=True)
class FurtherLook:
    """example: lines that show the smallest example with a wrong answer. small_are_right: whether
    all examples have right answers. unsteady: whether the same arguments gave two answers. reading:
    which pixels each token reads, if this is known.
    """

    example: tuple[str, ...] = ()
    small_are_right: bool = False
    unsteady: bool = False
    reading: Reading | None = None

    @property
    def finding(self) -> Finding | None:
        """The most helpful finding, for a function that is wrong in some case."""
        if self.unsteady:
            return UNSTEADY
        if self.reading is None:
            return None
        if self.small_are_right and not self.reading.astray:
            return SMALL_ARE_RIGHT
        return self.reading.finding
