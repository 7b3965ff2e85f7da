"""Caches arrays, such as the right answers of recent runs, in the user's cache folder."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common.files import write_whole
from ..common.versions import versions
from ..course.catalogue import Entry
from ..course.draw import digest
from ..course.problem import Case
from .program_cache import keep_compiled, private_folder
from .reference import Oracle

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ArrayCache:
    """A folder of sets of arrays, each of which can be removed at any time: that costs only time.
    most: how many sets are kept.
    """

    name: str
    most: int

    def read(self, *key: Any) -> list[NDArray[Any]] | None:
        """The arrays that were kept under this key, if they are there. key: JSON-ready."""
        path = self._path(key)
        if path is None or not path.is_file():
            return None
        try:
            data = io.BytesIO(path.read_bytes())  # NumPy leaves a broken file open
            with np.load(data, allow_pickle=False) as file:
                return [file[str(number)] for number in range(len(file))]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            log.info("a cached file can't be read: %s", error)
            return None

    def keep(self, arrays: Sequence[NDArray[Any]], *key: Any) -> None:
        """Writes them whole; the oldest sets go when there are too many."""
        path = self._path(key)
        if path is None:
            return
        data = io.BytesIO()
        np.savez(data, allow_pickle=False, **{str(n): array for n, array in enumerate(arrays)})
        try:
            write_whole(path, data.getvalue())
            oldest_first = sorted(path.parent.glob("*.npz"), key=lambda file: file.stat().st_mtime)
            for old in oldest_first[: -self.most]:
                old.unlink(missing_ok=True)
        except OSError as error:
            log.info("a cached file can't be kept: %s", error)

    def _path(self, key: Sequence[Any]) -> Path | None:
        name = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]
        folder = private_folder(self.name)
        return folder and folder / f"{name}.npz"


ANSWERS = ArrayCache("answers-1", most=40)  # of about a megabyte each


@dataclass(frozen=True)
class CachedAnswers:
    """An oracle that asks another one for answers that are not cached."""

    oracle: Oracle

    def expected(self, entry: Entry, cases: Sequence[Case]) -> list[NDArray[np.float64]]:
        """Raises what the other oracle raises."""
        key = entry.id, entry.version, digest(cases), versions()
        answers = ANSWERS.read(*key)
        if answers is None:
            keep_compiled()
            answers = self.oracle.expected(entry, cases)
            ANSWERS.keep(answers, *key)
        return answers
