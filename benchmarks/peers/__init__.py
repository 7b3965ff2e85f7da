"""Everything that grades the benchmark's class: this grader, others' and plain processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Command:
    """A process to run to its end. environment: on top of `CLEAN`."""

    arguments: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)


class Competitor(Protocol):
    """Grades the whole class."""

    name: str
    timed_by_itself: bool  # whether it prints what it cost, as [processor, wall-clock] seconds

    def prepare(self) -> None:
        """Once, before anything is measured."""
        ...

    def commands(self) -> Sequence[Command]:
        """What grades the class, one after the other; puts away what is left of the round before.

        It is not measured itself.
        """
        ...

    def verify(self) -> None:
        """Raises AssertionError unless all of the class was found right in the round just done."""
        ...
