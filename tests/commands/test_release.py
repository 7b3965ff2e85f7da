"""The course that students get: no solutions in it, and everything in it works."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.course import PROBLEMS, ROOT, package_files

from grader.common.errors import CourseError, ReleaseError
from grader.course.catalogue import load_course
from grader.course.draw import digest
from grader.handout.release import find_leaks, release
from grader.oracle.practice import FILE, SEED, practice_cases, read_practice, write_practice

WRONG = {
    "patch_embed_cls": "channels_reversed.py",
    "vit_patch_embed": "channels_reversed.py",
}


def sentence(path: Path) -> str:
    documentation = ast.get_docstring(ast.parse(path.read_text())) or ""
    return " ".join(documentation.split("\n\n")[0].split())


def grader(*arguments: object, course: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The command as a student has it: the released package, in the released folder."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(course), "COLUMNS": "200", **more},
        capture_output=True,
        text=True,
    )


def test_nothing_of_the_solutions_is_in_it(released: Path) -> None:
    """Searched by hand, not by the code that is to prevent it."""
    assert not (released / "solutions").exists()
    names = {path.stem for path in ROOT.glob("solutions/*/wrong_answer/*.py")}
    for path in released.rglob("*"):
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        assert path.stem not in names or path.stem in ("__init__", "reference")
        for name in names:
            assert f"{name}.py" not in text
        for telling in ("transpose(grid", "conv.init(jax.random", "nn.Conv(features", "@ w_proj"):
            if "problems" not in path.parts:
                assert telling not in text, path


def test_the_package_in_it_is_whole(released: Path) -> None:
    files = package_files(released / "grader")
    assert "writers/templates/page.html.jinja" in files
    assert files == package_files(ROOT / "grader")


def test_its_cases_are_small_enough_to_mail_and_hold_every_group(released: Path) -> None:
    for problem_id in PROBLEMS:
        assert (released / "problems" / problem_id / FILE).stat().st_size < 5 * 2**20
    total = sum(path.stat().st_size for path in released.rglob("*") if path.is_file())
    assert total < 10 * 2**20


def test_a_student_s_afternoon(released: Path) -> None:
    """Not started, wrong and named, wrong and not known, a hint, right; each by the command."""
    problem_id = "patch_embed_cls"
    stub = released / "problems" / problem_id / "stub.py"
    handed_out = stub.read_text()
    bank = ROOT / "solutions" / problem_id
    try:
        done = grader("check", course=released)
        assert (done.returncode, "Nothing is started yet" in done.stdout) == (0, True)
        done = grader("check", problem_id, course=released)
        assert (done.returncode, "Not started" in done.stdout) == (1, True)
        assert "not started" in grader("list", course=released).stdout

        stub.write_text((bank / "wrong_answer" / WRONG[problem_id]).read_text())
        done = grader("check", course=released)
        assert done.returncode == 1
        assert sentence(bank / "wrong_answer" / WRONG[problem_id]) in done.stdout
        assert "On the smallest input that shows it:" in done.stdout
        assert "x = np.array(" in done.stdout
        assert done.stdout.index("✗") < done.stdout.index("channels")

        first, second = (grader("hint", problem_id, course=released).stdout for _ in range(2))
        assert "Hint 1 of" in first
        assert "Hint 2 of" in second

        stub.write_text((bank / "accepted" / "einsum_over_six_axes.py").read_text())
        done = grader("check", course=released)
        assert (done.returncode, "All 15 groups are right" in done.stdout) == (0, True)
        assert "✗" not in done.stdout
        listed = grader("list", course=released).stdout
        assert "accepted" in listed
        assert "has no solutions" in grader("solution", problem_id, course=released).stdout
        assert "[CLS]" in grader("show", problem_id, course=released).stdout
    finally:
        stub.write_text(handed_out)


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_the_recorded_answers_are_the_reference_s(
    problem_id: str, released: Path, course_root: Path
) -> None:
    from grader.course.draw import draw_cases
    from grader.oracle.reference import Reference

    entry = load_course(released).get(problem_id)
    practice = read_practice(entry)
    cases = practice_cases(entry)
    own = load_course(course_root).get(problem_id)
    right = Reference().expected(own, cases)
    for one, other in zip(practice.expected(entry, cases), right, strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(CourseError, match="recorded for other cases"):
        practice.expected(entry, draw_cases(entry, SEED + 1))
    assert digest(cases) != digest(cases[1:])


def test_a_missing_or_damaged_file_is_ours_to_mend(released: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(released, course)
    path = course / "problems" / "patch_embed_cls" / FILE
    whole = path.read_bytes()
    for data in (b"", whole[:1000], b"PK" + whole[2:500]):
        path.write_bytes(data)
        done = grader("check", "patch_embed_cls", course=course)
        assert done.returncode == 2
        assert "is damaged" in done.stderr
        assert "Traceback" not in done.stderr
    path.unlink()
    done = grader("check", "patch_embed_cls", course=course)
    assert "is missing, and there are no solutions here" in done.stderr


@pytest.mark.sweep
def test_on_another_random_stream_the_versions_are_named_and_nobody_is_blamed(
    released: Path, tmp_path: Path
) -> None:
    course = tmp_path / "course"
    shutil.copytree(released, course)
    folder = course / "problems" / "vit_patch_embed"
    practice = read_practice(load_course(course).get("vit_patch_embed"))
    practice.canary[0] += 1
    write_practice(practice, folder / FILE)
    wrong = ROOT / "solutions" / "vit_patch_embed" / "wrong_answer" / WRONG["vit_patch_embed"]
    shutil.copyfile(wrong, folder / "stub.py")
    done = grader("check", course=course)
    assert done.returncode == 3
    assert f"Install jax=={practice.versions['jax']}" in done.stdout
    assert sentence(wrong) not in done.stdout


def test_a_release_with_a_leak_is_not_written(course_root: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(course_root, course)
    hints = course / "problems" / "patch_embed_cls" / "hints.md"
    hints.write_text(hints.read_text() + "\nAs in wrong_answer/channels_reversed.py.\n")
    draft = tmp_path / "draft"
    shutil.copytree(course / "problems", draft / "problems")
    (draft / "solutions").mkdir()
    (draft / "solutions" / "x.py").touch()
    reference = (course / "solutions" / "patch_embed_cls" / "reference.py").read_text()
    (draft / "notebook.ipynb").write_text(reference)
    leaks = list(find_leaks(load_course(course), draft, with_solutions=False))
    assert any("solutions/x.py is a solution" in leak for leak in leaks)
    assert any("hints.md names a file of patch_embed_cls" in leak for leak in leaks)
    assert any("notebook.ipynb holds a line of patch_embed_cls" in leak for leak in leaks)


def test_a_folder_that_is_there_is_left_alone(course_root: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(ReleaseError, match="exists already"):
        release(load_course(course_root), tmp_path, False, lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_pytest_says_the_same_in_an_editor(released: Path, tmp_path: Path) -> None:
    """A test for each group; the sentences, and no traceback into the grader."""
    course = tmp_path / "course"
    shutil.copytree(released, course)
    wrong = ROOT / "solutions" / "patch_embed_cls" / "wrong_answer" / WRONG["patch_embed_cls"]
    shutil.copyfile(wrong, course / "problems" / "patch_embed_cls" / "stub.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "problems", "-v", "-rs"],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(course), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    assert "13 failed" in done.stdout
    assert "15 skipped" in done.stdout
    assert sentence(wrong) in done.stdout
    assert "Traceback" not in done.stdout
    assert "runtest" not in done.stdout


@pytest.mark.sweep
def test_what_is_compiled_for_one_check_serves_the_next(released: Path, tmp_path: Path) -> None:
    reference = ROOT / "solutions" / "patch_embed_cls" / "reference.py"
    mine = tmp_path / "patch_embed_cls.py"
    shutil.copyfile(reference, mine)
    kept = []
    for _ in range(2):
        done = grader("check", mine, course=released, XDG_CACHE_HOME=str(tmp_path / "cache"))
        assert "All 15 groups are right" in done.stdout
        programs = sorted((tmp_path / "cache").rglob("*-cache"))
        assert all(path.stat().st_size > 0 for path in programs)
        kept.append(programs)
    assert len(kept[0]) > 10
    assert kept[0] == kept[1]


@pytest.mark.sweep
def test_a_file_can_be_written_as_little_as_in_grading(released: Path, tmp_path: Path) -> None:
    mine = tmp_path / "patch_embed_cls.py"
    for attempt in ("open('mine.txt', 'w')", "os.mkdir('mine')", "os.remove('theirs')"):
        mine.write_text(
            "import os\n\ndef patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):\n"
            f"    open(os.devnull, 'w').close()\n    {attempt}\n"
        )
        done = grader("check", mine, course=released)
        assert done.returncode == 1
        assert "Read-only file system" in done.stdout
        assert attempt in done.stdout
    assert not (released / "mine.txt").exists()


def test_a_saved_file_is_checked_again(released: Path, tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(released, course)
    stub = course / "problems" / "patch_embed_cls" / "stub.py"
    right = ROOT / "solutions" / "patch_embed_cls" / "accepted" / "einsum_over_six_axes.py"
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "check", "patch_embed_cls", "--watch"],
        cwd=course,
        env={**os.environ, "PYTHONPATH": str(course), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        lines = iter(watching.stdout.readline, "")
        assert any("Not started" in line for line in lines)
        assert any("Watching" in line for line in lines)
        shutil.copyfile(right, stub)
        assert any("All 15 groups are right" in line for line in lines)
        (stub.parent / "helper.py").write_text("a module beside it = 1\n")
        assert any("All 15 groups are right" in line for line in lines)
        watching.send_signal(signal.SIGINT)
        watching.stdout.read()
    assert watching.returncode in (0, 1)
