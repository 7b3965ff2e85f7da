"""Compiled programs: kept where nobody else can write, compiled ahead once, found by workers."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest
from conftest import ROOT
from jax._src.compilation_cache import decompress_executable

from grader import ahead, compiled
from grader.catalogue import load_course
from grader.grade_class import make_plan
from grader.grade_one import Plan, grade_submission
from grader.oracle import Reference
from grader.sandbox import Sandbox
from grader.submissions import Submission
from grader.verdict import Verdict

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
    """Where programs for workers are kept, of this test's own; JAX's settings are put back."""
    before = {name: jax.config.values[name] for name in SETTINGS}
    jax.config.update("jax_compilation_cache_dir", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    compiled.cache_folder().parent.mkdir(parents=True)
    yield compiled.ahead_folder()
    for name, value in before.items():
        jax.config.update(name, value)


def test_a_folder_is_made_for_this_user_alone_and_used(folder: Path) -> None:
    compiled.keep_compiled(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert jax.config.values["jax_compilation_cache_dir"] == str(folder)


def test_a_folder_that_others_can_write_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "jit_add-0-cache").touch()
    (folder / ahead.DONE).write_text("x\n")
    compiled.keep_compiled(folder)
    assert jax.config.values["jax_compilation_cache_dir"] is None
    assert compiled.programs() == {}
    assert ahead._done() == set()


def test_a_folder_that_cannot_be_made_is_done_without(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    compiled.keep_compiled(folder)
    assert jax.config.values["jax_compilation_cache_dir"] is None
    assert compiled.programs() == {}


def test_programs_are_shared_once(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    for name in ("jit_add-1-cache", "jit_add-2-cache", ahead.DONE):
        (folder / name).write_text(name)
    (tmp_path / "workers").mkdir()
    assert sorted(compiled.names_of_programs()) == ["jit_add-1-cache", "jit_add-2-cache"]
    compiled.share_ours(["jit_add-2-cache", "jit_gone-cache"], tmp_path / "workers")
    compiled.share_ours(["jit_add-2-cache"], tmp_path / "workers")
    (shared,) = (tmp_path / "workers").iterdir()
    assert shared.name == "jit_add-2-cache"
    assert shared.stat().st_mode & 0o777 == 0o644
    assert shared.samefile(folder / shared.name)


def test_where_no_link_can_be_made_programs_are_copied(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another file system")

    folder.mkdir()
    (folder / "jit_add-1-cache").write_text("program")
    (tmp_path / "workers").mkdir()
    monkeypatch.setattr(os, "link", refuse)
    for _ in range(2):
        compiled.share_ours(compiled.names_of_programs(), tmp_path / "workers")
    (shared,) = (tmp_path / "workers").iterdir()
    assert shared.read_text() == "program"
    assert not shared.samefile(folder / shared.name)


def test_what_our_side_compiles_for_itself_is_not_shared(folder: Path, tmp_path: Path) -> None:
    own = compiled.cache_folder()
    own.mkdir()
    (own / "jit_add-1-cache").touch()
    assert compiled.programs() == {}


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """One case of a course whose bank holds the reference alone."""
    for part in ("problems", "solutions"):
        shutil.copytree(
            ROOT / part / "patch_embed_cls",
            tmp_path / "course" / part / "patch_embed_cls",
            ignore=shutil.ignore_patterns("wrong_answer", "accepted"),
        )
    made = make_plan(load_course(tmp_path / "course").get("patch_embed_cls"), 3, Reference())
    assert isinstance(made, Plan)
    return made


def test_what_was_compiled_ahead_is_found_by_workers(
    plan: Plan, sandbox: Sandbox, folder: Path
) -> None:
    """And is compiled once. A program that a worker finds is not compiled there."""
    with ahead.Ahead([plan], {"patch_embed_cls": 2}):
        assert compiled.programs()
    assert list(ahead.tasks(plan.entry, plan.seed, [plan.entry.reference])) == []
    assert list(ahead.tasks(plan.entry, plan.seed + 1, [plan.entry.reference])) != []
    source = plan.entry.reference.read_text() + COUNTING
    path = plan.entry.folder / "patch_embed_cls.py"
    path.write_text(source)
    report = grade_submission(plan, Submission("sam", path, "patch_embed_cls"), sandbox)
    assert report.verdict is Verdict.ACCEPTED, report.message
    found, missed = (report.prints.count(word) for word in ("cache_hits", "cache_misses"))
    assert found > 5 * missed  # what is drawn anew for each case is not among them


# Prints each time that JAX finds a program, or doesn't.
COUNTING = """
import jax
jax.monitoring.register_event_listener(lambda name, **_: print(name.rpartition("/")[2]))
"""


def test_who_is_alone_is_not_kept_waiting(plan: Plan, folder: Path) -> None:
    with ahead.Ahead([plan], {"patch_embed_cls": 1}):
        assert not folder.exists()


def test_programs_of_a_problem_that_ends_its_process_are_done_without(
    plan: Plan, folder: Path
) -> None:
    plan.entry.reference.write_text("import os\nos._exit(3)\n")
    with ahead.Ahead([plan], {"patch_embed_cls": 2}):
        assert compiled.programs() == {}


def test_what_is_shared_does_not_say_which_code_led_to_it(plan: Plan, folder: Path) -> None:
    """A compiled program holds the lines it came from, if it is let."""
    with ahead.Ahead([plan], {"patch_embed_cls": 2}):
        pass
    programs = [decompress_executable(data) for data in compiled.programs().values()]
    assert any(b"transpose" in program for program in programs)
    for program in programs:
        for telling in (b".py", b"flax", b"patch_embed", b"reference", str(ROOT).encode()):
            assert telling not in program
