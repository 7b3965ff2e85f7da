"""Who may hand in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Student:
    """Who may hand in. `id` is the name that their submissions go by.

    canvas: the columns of a Canvas gradebook that name a student (Student, ID, SIS User ID, SIS
    Login ID, Section), where the roster has them.
    """

    id: str
    name: str = ""
    email: str = ""
    canvas: Mapping[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """What to call them."""
        return self.name or self.id
