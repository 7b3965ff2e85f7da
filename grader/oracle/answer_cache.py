"""Keeps the right answers of recent runs, so that a run which goes on starts at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..common.versions import versions
from ..course.catalogue import Entry
from ..course.draw import digest
from ..course.problem import Case
from .array_cache import ArrayCache
from .program_cache import keep_compiled
from .reference import Oracle

ANSWERS = ArrayCache("answers-1", most=40)  # of about a megabyte each


class Remembered:
    """An oracle that asks another one where it has not kept the answer."""

    def __init__(self, oracle: Oracle):
        self._oracle = oracle

    def expected(self, entry: Entry, cases: Sequence[Case]) -> list[NDArray[np.float64]]:
        """Raises what the other oracle raises."""
        key = entry.id, entry.version, digest(cases), versions()
        answers = ANSWERS.read(*key)
        if answers is None:
            keep_compiled()
            answers = self._oracle.expected(entry, cases)
            ANSWERS.keep(answers, *key)
        return answers
