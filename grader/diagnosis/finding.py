"""A finding: one thing that is wrong with a submission, as data."""

from __future__ import annotations

from dataclasses import dataclass

from ..common.text import SENTENCE, shorten


@dataclass(frozen=True)
class Finding:
    """id: stays when the sentence changes, such as "patches-by-column". A known mistake's id, such
    as "known-1f3a9c02", is a digest of its file's name, which students must not see.
    """

    id: str
    sentence: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", shorten(self.id, SENTENCE))
        object.__setattr__(self, "sentence", shorten(self.sentence, 4 * SENTENCE))
