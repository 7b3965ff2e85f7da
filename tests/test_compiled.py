"""The cache of compiled programs: only one that nobody else can have written is used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jax
import pytest

from grader import compiled

SETTINGS = (
    "jax_compilation_cache_dir",
    "jax_persistent_cache_min_compile_time_secs",
    "jax_persistent_cache_min_entry_size_bytes",
    "jax_persistent_cache_enable_xla_caches",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache folder of this test's own; JAX's settings are put back after it."""
    before = {name: jax.config.values[name] for name in SETTINGS}
    jax.config.update("jax_compilation_cache_dir", None)
    folder = tmp_path / "cache"
    monkeypatch.setattr(compiled, "cache_folder", lambda: folder)
    yield folder
    for name, value in before.items():
        jax.config.update(name, value)


def test_a_folder_is_made_for_this_user_alone_and_used(folder: Path) -> None:
    compiled.keep_compiled()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert jax.config.values["jax_compilation_cache_dir"] == str(folder)


def test_a_folder_that_others_can_write_is_not_used(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "jit__truncated_normal-0-cache").touch()
    compiled.keep_compiled()
    compiled.share_samplers(tmp_path / "shared")
    assert jax.config.values["jax_compilation_cache_dir"] is None
    assert not (tmp_path / "shared").exists()


def test_a_folder_that_cannot_be_made_is_done_without(folder: Path, tmp_path: Path) -> None:
    folder.write_text("a file where the folder should be")
    compiled.keep_compiled()
    compiled.share_samplers(tmp_path / "shared")
    assert not (tmp_path / "shared").exists()


def test_only_samplers_are_shared(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    names = ("jit__truncated_normal-1-cache", "jit_patch_embed_forward-2-cache", "jit_scan-3-cache")
    for name in names:
        (folder / name).write_text(name)
    compiled.share_samplers(tmp_path / "shared")
    assert [path.name for path in (tmp_path / "shared").iterdir()] == [names[0]]
