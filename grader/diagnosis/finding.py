"""A finding: one thing that is wrong with a submission, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """id: stays when the sentence changes, such as "patches-by-column". A known mistake's id, such
    as "known-1f3a9c02", is a digest of its file's name, which students must not see.
    """

    id: str
    sentence: str
