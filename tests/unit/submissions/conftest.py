"""Files that students might have handed in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.submissions import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str | bytes = "x = 1", when: int = 1_000_000_000) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        os.utime(path, (when, when))
        return path

    return write
