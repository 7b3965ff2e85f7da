"""Compiled programs: kept where nobody else can write, compiled once, and found by workers."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import jax
import psutil
import pytest
from jax._src.compilation_cache import decompress_executable
from support.course import ROOT, patch_embed_cls

from grader.common.verdict import Verdict
from grader.course.catalogue import CourseError, Entry, load_course
from grader.grading.grade_one import grade_submission
from grader.grading.plan import make_plan
from grader.oracle import program_cache
from grader.oracle.compile_ahead import (
    DONE,
    compile_ahead,
    one_of_each_shape,
    shapes_left,
    warm_up,
)
from grader.oracle.reference import Reference
from grader.sandbox import Sandbox
from grader.submissions import Submission

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
    """Where a problem's programs are kept, of this test's own; JAX's settings are put back."""
    before = {name: jax.config.values[name] for name in SETTINGS}
    jax.config.update("jax_compilation_cache_dir", None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield program_cache.warm_folder(patch_embed_cls()) or tmp_path
    for name, value in before.items():
        jax.config.update(name, value)


def left(entry: Entry, seed: int = 3) -> list[str]:
    return [*shapes_left(entry, one_of_each_shape(entry, seed))]


def test_a_folder_is_made_for_this_user_alone_and_only_then_used(
    folder: Path,
) -> None:
    program_cache.keep_compiled()
    used = Path(jax.config.values["jax_compilation_cache_dir"])
    assert program_cache.cache_folder() in used.parents
    assert used.stat().st_mode & 0o777 == 0o700
    used.chmod(0o777)
    program_cache.keep_compiled()
    assert jax.config.values["jax_compilation_cache_dir"] is None


def test_a_folder_that_others_can_write_is_not_used(folder: Path) -> None:
    (folder / "jit_add-0-cache").touch()
    shapes = left(patch_embed_cls())
    (folder / DONE).write_text("".join(f"{shape}\n" for shape in shapes))
    assert len(program_cache.programs(patch_embed_cls())) == 1
    assert left(patch_embed_cls()) == []
    folder.chmod(0o777)
    assert program_cache.programs(patch_embed_cls()) == []
    assert left(patch_embed_cls()) == []


def test_a_folder_that_cannot_be_made_is_done_without(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("a file where the folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    program_cache.keep_compiled()
    assert jax.config.values["jax_compilation_cache_dir"] is None
    assert program_cache.programs(patch_embed_cls()) == []


def test_programs_are_shared_by_links_that_every_user_can_read(
    folder: Path, tmp_path: Path
) -> None:
    for name in ("jit_add-1-cache", "jit_add-2-cache", "jit_add-1-atime", DONE):
        (folder / name).write_text(name)
        (folder / name).chmod(0o600)
    files = program_cache.programs(patch_embed_cls())
    assert [path.name for path in files] == ["jit_add-1-cache", "jit_add-2-cache"]
    (tmp_path / "workers").mkdir()
    for found in (files, files, [folder / "jit_gone-cache"]):
        program_cache.share_ours(found, tmp_path / "workers")
    for shared in files:
        assert shared.stat().st_mode & 0o777 == 0o644
        assert shared.samefile(tmp_path / "workers" / shared.name)
    assert len([*(tmp_path / "workers").iterdir()]) == len(files)


def test_if_no_link_can_be_made_programs_are_copied(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another file system")

    (folder / "jit_add-1-cache").write_text("program")
    (tmp_path / "workers").mkdir()
    monkeypatch.setattr(os, "link", refuse)
    for _ in range(2):
        program_cache.share_ours(program_cache.programs(patch_embed_cls()), tmp_path / "workers")
    (shared,) = (tmp_path / "workers").iterdir()
    assert shared.read_text() == "program"
    assert not shared.samefile(folder / shared.name)


# Makes it a problem of a single case, so that compiling for it takes little time.
SHORT = """
import dataclasses

PROBLEM = dataclasses.replace(
    PROBLEM,
    groups={"square": GROUPS["square"]},
    draw=lambda *two: [next(draw(*two))],
    tiny=None,
    probe=None,
)
"""


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    """One problem of a course of its own, without banks."""
    for part in ("problems", "solutions"):
        shutil.copytree(
            ROOT / part / "patch_embed_cls",
            tmp_path / "course" / part / "patch_embed_cls",
            ignore=shutil.ignore_patterns("wrong_answer", "accepted"),
        )
    with (tmp_path / "course" / "problems" / "patch_embed_cls" / "problem.py").open("a") as file:
        file.write(SHORT)
    return load_course(tmp_path / "course").get("patch_embed_cls")


# Prints each time that JAX asks for a program, and each time that it finds one.
COUNTING = """
import jax
jax.monitoring.register_event_listener(lambda name, **_: print(name.rpartition("/")[2]))
"""


def test_what_the_statement_spells_out_is_compiled_once_and_found_by_workers(
    entry: Entry, sandbox: Sandbox, folder: Path
) -> None:
    plan = make_plan(entry, 3, Reference())
    assert len(left(entry)) == 1
    compile_ahead([entry], [plan.seed])
    assert left(entry) == []
    everyday = ROOT / "solutions" / entry.id / "accepted" / "jax_reshape_transpose_matmul.py"
    path = entry.folder / "patch_embed_cls.py"
    path.write_text(everyday.read_text() + COUNTING)
    report = grade_submission(plan, Submission("sam", path, entry.id), sandbox)
    assert report.verdict is Verdict.ACCEPTED, report.message
    asked, found = (report.output.count(f"{word}\n") for word in ("use_cache", "cache_hits"))
    assert asked == found > 5


def test_what_the_reference_compiles_is_not_shared(entry: Entry, folder: Path) -> None:
    """Nor is what an older `warm_up.py` did: workers find what this one does."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        pool.submit(_ask_reference, entry.folder.parents[1]).result()
    of_reference = {
        path.name for path in (program_cache.cache_folder() / "compiled-2").glob("*-cache")
    }
    assert len(of_reference) > 5
    entry.warm_up.write_text("import jax.numpy as jnp\n\ndef warm_up(x, *_):\n    jnp.flip(x)\n")
    compile_ahead([entry], [3])
    older = {path.name for path in program_cache.programs(entry)}
    entry.warm_up.write_text("import jax.numpy as jnp\n\ndef warm_up(x, *_):\n    jnp.sin(x)\n")
    assert len(left(entry)) == 1
    compile_ahead([entry], [3])
    newer = {path.name for path in program_cache.programs(entry)}
    of_worker = newer & older  # which compiles a little when it starts
    assert any("flip" in name for name in older - of_worker)
    assert any("sin" in name for name in newer - of_worker)
    assert not (newer - of_worker) & of_reference


def _ask_reference(root: Path) -> None:
    entry = load_course(root).get("patch_embed_cls")
    program_cache.keep_compiled()
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    Reference().expected(entry, [*one_of_each_shape(entry, 3).values()])


def test_what_is_shared_does_not_say_which_code_led_to_it(entry: Entry, folder: Path) -> None:
    """A compiled program holds the lines it came from, if it is let."""
    compile_ahead([entry], [3])
    files = program_cache.programs(entry)
    programs = [decompress_executable(data) for data in program_cache.contents(files).values()]
    assert len(programs) > 5
    for program in programs:
        for telling in (b".py", b"flax", b"patch_embed", b"warm_up", str(ROOT).encode()):
            assert telling not in program


def test_a_problem_needs_no_warm_up(entry: Entry, folder: Path) -> None:
    entry.warm_up.unlink()
    compile_ahead([entry], [3])
    assert program_cache.programs(entry) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import os\nos._exit(3)", "os._exit"),
        ("", "has no function called `warm_up`"),
        ("def warm_up(*_):\n    1 / 0", "ZeroDivisionError"),
        ("1 / 0", "no function called `warm_up` .line 1 was skipped: ZeroDivisionError"),
    ],
)
def test_a_run_continues_without_and_the_log_says_why(
    entry: Entry, folder: Path, text: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    entry.warm_up.write_text(text)
    compile_ahead([entry], [3])
    assert len(left(entry)) == 1
    (message,) = caplog.messages
    assert re.search(why, message), message


# Says which process it is in, and never ends.
ENDLESS = """
import os
from pathlib import Path


def warm_up(*_):
    (Path(os.environ["JAX_COMPILATION_CACHE_DIR"]) / "process").write_text(str(os.getpid()))
    while True:
        pass
"""


def test_ctrl_c_ends_what_compiles_at_once(entry: Entry, folder: Path, tmp_path: Path) -> None:
    entry.warm_up.write_text(ENDLESS)
    process = (program_cache.warm_folder(entry) or tmp_path) / "process"
    for student in ("ada", "bo"):
        mine = tmp_path / "class" / student / f"{entry.id}.py"
        mine.parent.mkdir(parents=True)
        mine.write_text("def patch_embed_cls(*_):\n    return 1\n")
    command = [sys.executable, "-m", "grader", "grade", tmp_path / "class", "-o", tmp_path / "out"]
    with subprocess.Popen(
        [*command, "--course", entry.folder.parents[1]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as grading:
        try:
            deadline = time.monotonic() + 120
            while not (process.exists() and process.read_text()):
                assert grading.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            compiling = psutil.Process(int(process.read_text()))
            os.killpg(grading.pid, signal.SIGINT)
            stderr = grading.communicate(timeout=60)[1]
        finally:
            if grading.poll() is None:
                os.killpg(grading.pid, signal.SIGKILL)
    assert grading.returncode == 130, stderr
    assert not compiling.is_running()
    assert "Traceback" not in stderr


def test_a_warm_up_that_does_not_run_is_named(entry: Entry, folder: Path) -> None:
    entry.warm_up.write_text("def warm_up(x):\n    pass\n")
    with pytest.raises(CourseError, match=r"warm_up\.py: `warm_up` takes \(x\), but"):
        warm_up(entry, one_of_each_shape(entry, 3))
