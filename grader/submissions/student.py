"""A student of the class."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Student:
    """A student of the class, from the roster or by the name of a submission.

    id: the name in every output. canvas: their cells in a Canvas gradebook, by column, if the
    roster is one.
    """

    id: str
    name: str = ""
    email: str = ""
    canvas: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The name that people read."""
        return self.name or self.id
