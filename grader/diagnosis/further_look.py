"""What a further look at a wrong function has shown, and what that says of its mistake. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from .finding import Finding
from .pixels_read import Reading

UNSTEADY = Finding(
    "unsteady",
    "The same arguments got two different answers. Look for random numbers of your own, for an "
    "array from `np.empty` that is not filled, and for a variable outside the function that "
    "remembers earlier calls.",
)
SMALL_ARE_RIGHT = Finding(
    "small-are-right",
    "On the smallest examples every number is right, so look for what your code does otherwise "
    "where it is wrong: other sizes, other values, or something kept from an earlier call.",
)


@dataclass(frozen=True)
class FurtherLook:
    """example: the lines on the smallest example that is answered wrongly.

    small_are_right: whether all examples are answered, and rightly. unsteady: whether the same
    arguments got two answers. reading: which pixels each token reads, where that can be told.
    """

    example: tuple[str, ...] = ()
    small_are_right: bool = False
    unsteady: bool = False
    reading: Reading | None = None

    @property
    def finding(self) -> Finding | None:
        """The most telling of it, for a function that is wrong somewhere."""
        if self.unsteady:
            return UNSTEADY
        if self.reading is None:
            return None
        if self.small_are_right and not self.reading.astray:
            return SMALL_ARE_RIGHT
        return self.reading.finding
