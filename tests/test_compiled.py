"""The cache of compiled programs: only one that nobody else can have written is used."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest
from conftest import ROOT
from jax._src.compilation_cache import decompress_executable

from grader import compiled

SETTINGS = (
    "jax_compilation_cache_dir",
    "jax_persistent_cache_min_compile_time_secs",
    "jax_persistent_cache_min_entry_size_bytes",
    "jax_persistent_cache_enable_xla_caches",
    "jax_traceback_in_locations_limit",
    "jax_include_full_tracebacks_in_locations",
    "jax_hlo_source_file_canonicalization_regex",
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
    compiled.share_samplers(compiled.samplers(), tmp_path / "shared")
    assert jax.config.values["jax_compilation_cache_dir"] is None
    assert not (tmp_path / "shared").exists()


def test_a_folder_that_cannot_be_made_is_done_without(folder: Path, tmp_path: Path) -> None:
    folder.write_text("a file where the folder should be")
    compiled.keep_compiled()
    compiled.share_samplers(compiled.samplers(), tmp_path / "shared")
    assert not (tmp_path / "shared").exists()


def test_only_samplers_are_shared(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    names = ("jit__truncated_normal-1-cache", "jit_patch_embed_forward-2-cache", "jit_scan-3-cache")
    for name in names:
        (folder / name).write_text(name)
    compiled.share_samplers(compiled.samplers(), tmp_path / "shared")
    assert [path.name for path in (tmp_path / "shared").iterdir()] == [names[0]]


def test_what_is_shared_does_not_say_which_code_led_to_it(folder: Path, tmp_path: Path) -> None:
    """A compiled program holds the lines it came from: here those of the reference, through Flax.

    Other processes have compiled none of these yet, so this one must be new to JAX.
    """
    script = (
        "import sys\nfrom pathlib import Path\nfrom grader import compiled\n"
        "compiled.cache_folder = lambda: Path(sys.argv[1])\ncompiled.keep_compiled()\n"
        "from grader.cases import draw_cases\nfrom grader.catalogue import load_course\n"
        "from grader.oracle import Reference\n"
        "entry = load_course(Path(sys.argv[3])).get('vit_patch_embed')\n"
        "Reference().compile_samplers(entry, draw_cases(entry, 1)[:1])\n"
        "compiled.share_samplers(compiled.samplers(), Path(sys.argv[2]))\n"
    )
    shared = tmp_path / "shared"
    subprocess.run([sys.executable, "-c", script, folder, shared, ROOT], check=True)
    programs = [decompress_executable(path.read_bytes()) for path in shared.iterdir()]
    assert any(b"truncated_normal" in program for program in programs)
    for program in programs:
        for telling in (b".py", b"flax", b"patch_embed", b"Conv", str(ROOT).encode()):
            assert telling not in program
