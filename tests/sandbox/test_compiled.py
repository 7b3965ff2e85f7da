"""Compiled programs: kept where nobody else can write, compiled ahead once, found by workers."""

from __future__ import annotations

import dataclasses
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import jax
import pytest
from jax._src.compilation_cache import decompress_executable
from support.course import ROOT

from grader.common.verdict import Verdict
from grader.course.catalogue import load_course
from grader.grading.grade_one import grade_submission
from grader.grading.plan import Plan, make_plan
from grader.oracle import compile_ahead, program_cache
from grader.oracle.reference import Reference
from grader.sandbox import Sandbox, worker_folder
from grader.submissions import Submission

ENTRY = load_course(ROOT).get("patch_embed_cls")
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
    folder = program_cache.ahead_folder(ENTRY.id) / program_cache.ALL
    folder.parent.mkdir(parents=True)
    yield folder
    for name, value in before.items():
        jax.config.update(name, value)


def test_a_folder_is_made_for_this_user_alone_and_used(folder: Path) -> None:
    program_cache.keep_compiled(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert jax.config.values["jax_compilation_cache_dir"] == str(folder)


def test_a_folder_that_others_can_write_is_not_used(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "jit__uniform-0-cache").touch()
    (folder / compile_ahead.DONE).write_text("x\n")
    program_cache.keep_compiled(folder)
    assert jax.config.values["jax_compilation_cache_dir"] is None
    assert program_cache.programs(ENTRY) == []
    assert compile_ahead._done(ENTRY.id) == set()


def test_a_folder_that_cannot_be_made_is_done_without(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    program_cache.keep_compiled(folder)
    assert jax.config.values["jax_compilation_cache_dir"] is None
    assert program_cache.programs(ENTRY) == []


def test_what_was_meant_for_a_folder_never_goes_to_the_one_before(folder: Path) -> None:
    program_cache.keep_compiled(folder.with_name(program_cache.REFERENCE))
    folder.write_text("a file where the folder should be")
    program_cache.keep_compiled(folder)
    assert jax.config.values["jax_compilation_cache_dir"] is None


def test_programs_are_shared_that_say_nothing(folder: Path, tmp_path: Path) -> None:
    """Of other right answers than the reference that is less."""
    of_reference = folder.with_name(program_cache.REFERENCE)
    telling = ("transpose", "reshape", "_einsum", "dot_general", "_moveaxis", "embed", "_addition")
    given_away, silent = ("matmul", "add"), ("_normal", "_truncated_normal", "_threefry_seed")
    for of_whom in (of_reference, folder):
        of_whom.mkdir()
        for name in (*telling, *given_away, *silent):
            (of_whom / f"jit_{name}-{of_whom.name}-cache").write_text(name)
    (folder / compile_ahead.DONE).touch()
    files = program_cache.programs(ENTRY)
    assert sorted(path.name for path in files) == sorted(
        [f"jit_{name}-reference-cache" for name in (*given_away, *silent)]
        + [f"jit_{name}-all-cache" for name in silent]
    )
    (tmp_path / "workers").mkdir()
    for found in (files, files, [folder / "jit_gone-cache"]):
        program_cache.share_ours(found, tmp_path / "workers")
    for shared in files:
        assert shared.stat().st_mode & 0o777 == 0o644
        assert shared.samefile(tmp_path / "workers" / shared.name)
    assert len([*(tmp_path / "workers").iterdir()]) == len(files)


def test_where_no_link_can_be_made_programs_are_copied(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another file system")

    folder.mkdir()
    (folder / "jit__uniform-1-cache").write_text("program")
    (tmp_path / "workers").mkdir()
    monkeypatch.setattr(os, "link", refuse)
    for _ in range(2):
        program_cache.share_ours(program_cache.programs(ENTRY), tmp_path / "workers")
    (shared,) = (tmp_path / "workers").iterdir()
    assert shared.read_text() == "program"
    assert not shared.samefile(folder / shared.name)


def test_what_our_side_compiles_for_itself_is_not_shared(folder: Path, tmp_path: Path) -> None:
    own = program_cache.cache_folder()
    own.mkdir()
    (own / "jit__uniform-1-cache").touch()
    assert program_cache.programs(ENTRY) == []


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
    with compile_ahead.Ahead([plan.entry], plan.seed, {"patch_embed_cls": 2}):
        assert program_cache.programs(plan.entry)
    assert list(compile_ahead.of_reference(plan.entry, plan.seed)) == []
    assert list(compile_ahead.of_reference(plan.entry, plan.seed + 1)) != []
    source = plan.entry.reference.read_text() + COUNTING
    path = plan.entry.folder / "patch_embed_cls.py"
    path.write_text(source)
    report = grade_submission(plan, Submission("sam", path, "patch_embed_cls"), sandbox)
    assert report.verdict is Verdict.ACCEPTED, report.message
    asked, found = (report.output.count(f"{word}\n") for word in ("use_cache", "cache_hits"))
    assert asked > found > asked / 3


# Prints each time that JAX finds a program, or doesn't.
COUNTING = """
import jax
jax.monitoring.register_event_listener(lambda name, **_: print(name.rpartition("/")[2]))
"""


# Looks for steps of the reference among the programs, by their names, and compiles nothing.
SEARCH = """
import itertools, os
import jax.numpy as jnp
from jax._src import compilation_cache

folder = os.environ["JAX_COMPILATION_CACHE_DIR"]
names = []
find = compilation_cache.get_executable_and_time

class Found(BaseException):
    pass

def look(name, *_):
    names.append(name)
    raise Found

def is_there(step):
    compilation_cache.get_executable_and_time = look
    try:
        step()
    except Found:
        return os.path.exists(f"{folder}/{names[-1]}-cache")
    finally:
        compilation_cache.get_executable_and_time = find

# The grids of the image that mistakes are looked for on, with axes in any order.
for shape in sorted(set(itertools.permutations((2, 2, 2, 3, 2)))):
    grid = jnp.zeros((1, *shape), "float32")
    for order in itertools.permutations(range(1, 6)):
        if is_there(lambda: jnp.transpose(grid, (0, *order))):
            print("learnt:", shape, order)

print("looked for", len(names))

def patch_embed_cls(*_):
    return 1
"""


@pytest.mark.parametrize("given_away", [None, ("*",)])
def test_a_search_among_the_programs_finds_no_step_of_the_reference(
    plan: Plan, folder: Path, given_away: tuple[str, ...] | None, sandbox: Sandbox
) -> None:
    """Of the problem as it is; and would, if all of them were there."""
    found_by_all = worker_folder() / "compiled"
    mode = found_by_all.stat().st_mode
    found_by_all.chmod(0o700)
    for program in found_by_all.iterdir():
        program.unlink()
    found_by_all.chmod(mode)
    if given_away:
        problem = dataclasses.replace(plan.entry.problem, given_away=given_away)
        plan = dataclasses.replace(plan, entry=dataclasses.replace(plan.entry, problem=problem))
    with compile_ahead.Ahead([plan.entry], plan.seed, {"patch_embed_cls": 2}):
        pass
    path = plan.entry.folder / "patch_embed_cls.py"
    path.write_text(SEARCH)
    report = grade_submission(plan, Submission("sam", path, "patch_embed_cls"), sandbox)
    assert "looked for 595" in report.output, report.message + report.output
    assert ("learnt:" in report.output) == bool(given_away)


def test_a_variant_s_own_programs_stay_here_where_all_of_the_reference_s_are_given(
    plan: Plan, folder: Path
) -> None:
    """Whichever of the two has run before in the process that compiles them."""
    variant = plan.entry.solutions / "accepted" / "einsum.py"
    variant.parent.mkdir()
    variant.write_text(
        "import jax.numpy as jnp\n\n\n"
        "def patch_embed_cls(x, *_):\n    return jnp.einsum('nchw->whcn', x)\n"
    )
    (second,) = compile_ahead.of_reference(plan.entry, plan.seed)
    first = dataclasses.replace(second, path=variant, keys=())
    with compile_ahead.compiler() as pool:
        for task in (first, second, first):
            pool.submit(compile_ahead.compile_for, task).result()
    problem = dataclasses.replace(plan.entry.problem, given_away=("*",))
    found = program_cache.programs(dataclasses.replace(plan.entry, problem=problem))
    names = {path.name.partition("-")[0] for path in found}
    assert {"jit_transpose", "jit_matmul"} <= names
    assert "jit__einsum" not in names
    assert [*folder.glob("jit__einsum-*")]


def test_other_right_answers_are_compiled_where_the_reference_draws_random_numbers(
    plan: Plan, folder: Path
) -> None:
    """Where it doesn't, workers would find nothing of theirs."""
    variant = plan.entry.solutions / "accepted" / "other.py"
    variant.parent.mkdir()
    variant.write_text("import jax.numpy as jnp\n\n\ndef patch_embed_cls(x, *_):\n    return x\n")
    as_it_is = plan.entry.reference.read_text()
    drawing = (
        "import jax\n\n\n"
        "def patch_embed_cls(*_):\n    return jax.random.normal(jax.random.PRNGKey(0), [3])\n"
    )
    with compile_ahead.compiler() as pool:
        for text, found in ((as_it_is, []), (drawing, [variant])):
            plan.entry.reference.write_text(text)
            for task in compile_ahead.of_reference(plan.entry, plan.seed):
                pool.submit(compile_ahead.compile_for, task).result()
            assert [task.path for task in compile_ahead.of_accepted(plan.entry, plan.seed)] == found


def test_who_is_alone_is_not_kept_waiting(plan: Plan, folder: Path) -> None:
    with compile_ahead.Ahead([plan.entry], plan.seed, {"patch_embed_cls": 1}):
        assert not folder.exists()


def test_programs_of_a_problem_that_ends_its_process_are_done_without(
    plan: Plan, folder: Path
) -> None:
    plan.entry.reference.write_text("import os\nos._exit(3)\n")
    with compile_ahead.Ahead([plan.entry], plan.seed, {"patch_embed_cls": 2}):
        assert program_cache.programs(plan.entry) == []


def test_what_is_shared_does_not_say_which_code_led_to_it(plan: Plan, folder: Path) -> None:
    """A compiled program holds the lines it came from, if it is let."""
    with compile_ahead.Ahead([plan.entry], plan.seed, {"patch_embed_cls": 2}):
        pass
    files = program_cache.programs(plan.entry)
    programs = [decompress_executable(data) for data in program_cache.contents(files).values()]
    assert len(programs) > 10
    for program in programs:
        for telling in (b".py", b"flax", b"patch_embed", b"reference", str(ROOT).encode()):
            assert telling not in program
