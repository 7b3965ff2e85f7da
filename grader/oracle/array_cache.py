"""Keeps sets of arrays in the user's cache folder. A set that can't be read or kept costs time."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common.files import write_whole
from .program_cache import cache_folder, ours


@dataclass(frozen=True)
class ArrayCache:
    """A folder of sets. What is in it can be removed at any time. most: sets that are kept."""

    name: str
    most: int

    @property
    def folder(self) -> Path:
        return cache_folder().with_name(self.name)

    def read(self, *key: Any) -> list[NDArray[Any]] | None:
        """The arrays that were kept under this key, if they are there. key: JSON-ready."""
        # A folder that others can write is not used, nor is a file that is cut short.
        with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            if ours(self.folder):
                data = io.BytesIO(self._path(key).read_bytes())  # NumPy leaves a broken file open
                with np.load(data, allow_pickle=False) as file:
                    return [file[str(number)] for number in range(len(file))]
        return None

    def keep(self, arrays: Sequence[NDArray[Any]], *key: Any) -> None:
        """Writes them whole; the oldest sets go when there are too many."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not ours(self.folder):
                return
            data = io.BytesIO()
            np.savez(data, allow_pickle=False, **{str(n): array for n, array in enumerate(arrays)})
            write_whole(self._path(key), data.getvalue())
            files = [*self.folder.glob("*.npz")]
            if len(files) > self.most:
                newest_first = sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)
                for old in newest_first[self.most :]:
                    old.unlink(missing_ok=True)

    def _path(self, key: Sequence[Any]) -> Path:
        return self.folder / f"{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]}.npz"
