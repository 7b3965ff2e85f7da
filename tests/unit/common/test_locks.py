"""Temporary folders: removed with what earlier runs left, and no handle stays open."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.common import locks


def test_removing_folders_leaves_no_handle_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for number in range(5):
        (tmp_path / f"grader-zip-left{number}").mkdir()
    before = os.listdir("/proc/self/fd")
    with locks.temporary_folder("zip") as folder:
        assert [*tmp_path.iterdir()] == [folder]
        assert len(os.listdir("/proc/self/fd")) == len(before) + 1  # its own lock
        with locks.temporary_folder("zip"):
            assert folder.is_dir()  # it is in use
    assert [*tmp_path.iterdir()] == []
    assert len(os.listdir("/proc/self/fd")) == len(before)
