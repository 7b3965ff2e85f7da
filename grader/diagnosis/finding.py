"""A finding: one thing that is wrong with a submission, with an id that stays when words change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """id: stable, such as "patches-by-column", or "known-1f3a9c02" for a known mistake (made from
    its file's name, which no student may see). sentence: for the student.
    """

    id: str
    sentence: str
