"""The command as people run it: exit statuses, the JSON report, bad input, a class of all sorts."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import psutil
import pytest
from support.command import EXAMPLE_CLASS, GRADER, CourseOption, graded, report_schema, run, student
from support.course import PROBLEMS, ROOT, entries, proven, short_plan
from support.small_course import MOST, copy_course
from support.sources import CALL, RIGHT

from grader.grading.grade_one import grade_submission
from grader.oracle.practice import SEED
from grader.submissions import Submission


@pytest.mark.sweep
def test_a_seed_repeats_a_run_bit_for_bit(small: CourseOption, tmp_path: Path) -> None:
    wrong = student(tmp_path, "ada", RIGHT.replace("+ pos_embed", "+ 1.01 * pos_embed"))
    first, again, fresh = (
        graded(tmp_path, *small, wrong, *seed) for seed in (["--seed", 7], ["--seed", 7], [])
    )

    def numbers(document: dict[str, Any]) -> list[Any]:
        cases = document["reports"][0]["cases"]
        return [(c["shapes"], c["largest_error"], c["where"], c["message"]) for c in cases]

    assert numbers(first) == numbers(again) != numbers(fresh)
    repeated = graded(tmp_path, *small, wrong, "--seed", fresh["seed"])
    assert numbers(repeated) == numbers(fresh)


@pytest.mark.sweep
def test_all_of_a_problem_is_right_in_both_sandboxes(small: CourseOption, tmp_path: Path) -> None:
    path = student(tmp_path, "ada", RIGHT)
    for name in ("bubblewrap", "landlock"):
        proven(name)
        (report,) = graded(tmp_path, *small, path, "--sandbox", name)["reports"]
        assert (report["verdict"], report["score"]) == ("accepted", MOST)
        assert report["sandbox"] == name


def test_without_a_sandbox_it_says_so_and_the_report_records_it(
    small: CourseOption, tmp_path: Path
) -> None:
    path = student(tmp_path, "ada", RIGHT)
    done = run("grade", *small, path, "--sandbox", "none", "--json", tmp_path / "r.json")
    assert done.returncode == 0
    assert "No sandbox" in done.stderr
    report = json.loads((tmp_path / "r.json").read_text())["reports"][0]
    assert (report["verdict"], report["sandbox"]) == ("accepted", "none")


@pytest.mark.sweep
def test_a_link_to_what_a_worker_can_read_stops_nobody(small: CourseOption, tmp_path: Path) -> None:
    """The probe tries to read submissions; a link that leads to a library is none of them."""
    student(tmp_path / "class", "ada", RIGHT)
    (tmp_path / "class" / "eve").mkdir()
    (tmp_path / "class" / "eve" / "patch_embed_cls.py").symlink_to("/dev/null")
    for name in ("bubblewrap", "landlock"):
        proven(name)
        reports = graded(tmp_path, *small, tmp_path / "class", "--sandbox", name)["reports"]
        assert [report["verdict"] for report in reports] == ["accepted", "run_time_error"]


def test_a_file_that_goes_away_is_no_fault_of_the_student(tmp_path: Path) -> None:
    path = student(tmp_path, "ada", RIGHT)
    plan = short_plan("patch_embed_cls", "square")
    submission = Submission("ada", path, "patch_embed_cls")
    path.unlink()
    report = grade_submission(plan, submission, proven("auto"))
    assert (report.verdict, report.score) == ("judge_error", None)
    assert "could not be read (No such file or directory), so it has not been" in report.message


def test_the_practice_seed_is_no_seed_for_marks(small: CourseOption, tmp_path: Path) -> None:
    """Its cases and their answers are in every student's course."""
    path = student(tmp_path, "ada", "x = 1")
    assert "students have" in run("grade", *small, path, "--seed", SEED).stderr
    assert "students have" not in run("grade", *small, path, "--seed", SEED + 1).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["grade"], "the following arguments are required: PATH"),
        (["grade", "no/such/path"], "There is no file or folder no/such/path"),
        (["grade", "{file}", "--problem", "vit"], "There is no problem `vit`"),
        (["grade", ".", "--sandbox", "docker"], "invalid choice: 'docker'"),
        (["grade", ".", "--seed", "-1"], "a seed is a whole number"),
        (["grade", ".", "--seed", "one"], "a seed is a whole number"),
        (["grade", "{empty}"], "Nothing to grade"),
        (["grade", "{file}", "--json", "no/such/folder/r.json"], "there is no folder"),
        (["mark", "."], "invalid choice: 'mark'"),
        ([], "the following arguments are required: COMMAND"),
    ],
)
def test_a_wrong_command_is_exit_status_2(
    arguments: Sequence[str], message: str, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    file = student(tmp_path, "ada", RIGHT)
    places = {"empty": tmp_path / "empty", "file": file}
    done = run(*(argument.format(**places) for argument in arguments))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_judge_error_is_exit_status_3_and_costs_nobody_marks(tmp_path: Path) -> None:
    course = copy_course(tmp_path / "course")
    # No reference for the other problem: its submissions can't be judged, the rest can.
    (course / "solutions" / "vit_patch_embed" / "reference.py").unlink()
    student(course / "class", "ada", RIGHT)
    student(course / "class", "ada", "", "vit_patch_embed.py")
    done = run("grade", "class", "--json", "out.json", "--course", ".", cwd=course)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "reference.py is missing" in done.stderr
    document = json.loads((course / "out.json").read_text())
    jsonschema.validate(document, report_schema())
    by_problem = {report["problem_id"]: report for report in document["reports"]}
    assert by_problem["patch_embed_cls"]["verdict"] == "accepted"
    failed = by_problem["vit_patch_embed"]
    assert (failed["verdict"], failed["score"]) == ("judge_error", None)
    assert "The grader failed, not the submission" in failed["message"]


def test_no_sandbox_at_all_stops_with_what_to_install(tmp_path: Path) -> None:
    path = student(tmp_path, "ada", RIGHT)
    # A PATH without bwrap, and a Python that can't load libseccomp: neither sandbox is left.
    hide = tmp_path / "hide"
    hide.mkdir()
    (hide / "pyseccomp.py").write_text("raise RuntimeError('libseccomp is hidden')")
    done = run("grade", path, env={"PATH": "/nonexistent", "PYTHONPATH": str(hide)})
    assert done.returncode == 2
    assert "No sandbox works here" in done.stderr
    assert "apt-get install bubblewrap" in done.stderr
    assert "accepted" not in done.stdout


def test_a_folder_of_submissions_is_never_a_course(tmp_path: Path) -> None:
    """A course's code is run unconfined, so a student's folder must not pass for one."""
    path = student(tmp_path, "eve", RIGHT)
    trap = tmp_path / "eve" / "problems" / "x" / "problem.py"
    trap.parent.mkdir(parents=True)
    trap.write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')")
    (report,) = graded(tmp_path, path, cwd=path.parent)["reports"]
    assert report["verdict"] == "accepted"
    assert not (tmp_path / "sprung").exists()


def test_a_reader_that_leaves_does_not_cost_the_report(small: CourseOption, tmp_path: Path) -> None:
    path = student(tmp_path, "ada", RIGHT)
    out = tmp_path / "out.json"
    command = f"'{GRADER}' grade '{path}' --course '{small[1]}' --json '{out}' | head -n 1"
    subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=True, timeout=120)
    assert json.loads(out.read_text())["reports"][0]["verdict"] == "accepted"


def test_a_report_may_go_to_a_pipe(small: CourseOption, tmp_path: Path) -> None:
    path = student(tmp_path, "ada", "")
    done = run("grade", *small, path, "--json", "/dev/stderr")
    assert done.returncode == 0
    assert '"schema": 5' in done.stderr
    assert Path("/dev/stderr").exists()


def test_a_full_disk_is_said_and_leaves_no_half_report(small: CourseOption, tmp_path: Path) -> None:
    path = student(tmp_path, "ada", "")
    done = run("grade", *small, path, "--json", "/proc/report.json")
    assert done.returncode == 3
    assert "could not be written" in done.stderr


def test_ctrl_c_ends_every_worker(small: CourseOption, tmp_path: Path) -> None:
    path = student(tmp_path, "ada", f"{CALL}while True: pass")
    process = subprocess.Popen(
        [GRADER, "grade", *small, path],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    started: list[psutil.Process] = []
    while process.poll() is None and not any(cpu_seconds(child) > 0.2 for child in started):
        started = psutil.Process(process.pid).children(recursive=True)
    assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Every worker has ended" in errors
    # They end before the command does; the kernel may take a moment to remove them.
    assert psutil.wait_procs(started, timeout=10)[1] == []


def cpu_seconds(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):  # it ended in the meantime
        return sum(process.cpu_times()[:2])
    return 0.0


def test_help_starts_without_jax() -> None:
    code = (
        "import sys; from grader.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "assert not {'jax', 'flax', 'numpy', 'rich', 'jinja2'} & set(sys.modules), 'slow imports'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "grade submissions in a sandbox" in done.stdout


def test_both_problems_are_listed_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert all(f"`{problem_id}`" in readme for problem_id in PROBLEMS)


LOOK_FOR_PROGRAMS = """
import os
import numpy as np
folder = os.environ["JAX_COMPILATION_CACHE_DIR"]
for look in (
    lambda: os.listdir(folder),
    lambda: open(os.path.join(folder, "jit_add-0-cache"), "w"),
):
    try:
        look()
    except OSError as error:
        print(error.strerror)
def patch_embed_forward(seed, image, patch_size, d_model):
    return 0
"""


@pytest.mark.sweep
def test_compiled_programs_change_no_verdict_and_give_nothing_away(
    small: CourseOption, tmp_path: Path
) -> None:
    # The first run finds an empty cache and fills it; the last one finds it full of rubbish.
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    folder = tmp_path / "class"
    right = (EXAMPLE_CLASS / "ada" / "vit_patch_embed.py").read_text()
    student(folder, "ada", right, "vit_patch_embed.py")
    student(folder, "eve", LOOK_FOR_PROGRAMS, "vit_patch_embed.py")
    first = graded(tmp_path, *small, folder, "--seed", 3, env=cache)
    kept = list((tmp_path / "cache").rglob("warm-*/*/jit__truncated_normal-*"))
    assert kept
    second = graded(tmp_path, *small, folder, "--seed", 3, env=cache)
    for path in kept:
        path.write_bytes(b"rubbish")
    third = graded(tmp_path, *small, folder, "--seed", 3, env=cache)
    for document in (first, second, third):
        for report in document["reports"]:
            del report["seconds"]
            for case in report["cases"]:
                del case["seconds"]
            seen = report.pop("output").splitlines()
            if report["student"] == "eve":
                assert seen[0] == "Permission denied"
                assert len(seen) == 2
    assert first == second == third
    assert [r["verdict"] for r in first["reports"]] == ["accepted", "wrong_answer"]


def test_a_check_in_a_terminal_imports_no_templates(tmp_path: Path) -> None:
    """In a course of one problem and without known mistakes: they take minutes to run."""
    problem_id = "patch_embed_cls"
    shutil.copytree(ROOT / "problems" / problem_id, tmp_path / "problems" / problem_id)
    reference = tmp_path / "solutions" / problem_id / "reference.py"
    reference.parent.mkdir(parents=True)
    shutil.copyfile(ROOT / "solutions" / problem_id / "reference.py", reference)
    code = (
        "import sys\n"
        "from grader.cli.main import main\n"
        f"assert main(['check', {str(reference)!r}]) == 0\n"
        "assert 'rich' in sys.modules\n"
        "assert not {'jinja2', 'markupsafe'} & set(sys.modules), 'slow imports'\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "All 15 groups are right" in done.stdout


@pytest.mark.parametrize("zipped", [False, True])
def test_check_and_grade_say_the_same(small: CourseOption, tmp_path: Path, zipped: bool) -> None:
    """The same file is chosen, and the same notes are given."""
    template = (ROOT / "problems" / "patch_embed_cls" / "stub.py").read_text()
    student(tmp_path, "ada", template)
    student(tmp_path, "ada", RIGHT, "homework.py")
    path = tmp_path / "ada"
    if zipped:
        path = Path(shutil.make_archive(str(path), "zip", path))
    (report,) = graded(tmp_path, *small, path)["reports"]
    done = run("check", *small, path, env={"COLUMNS": "500"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "still the template" in report["notes"][0]
    assert all(note in done.stdout for note in report["notes"])
    assert "homework.py" in done.stdout.splitlines()[1]


@pytest.mark.parametrize("size", ["of the right size", "of a wrong size"])
def test_a_check_shows_the_verdict_before_it_explains(
    small: CourseOption, tmp_path: Path, size: str
) -> None:
    """The submission waits in the first call of the further look until the verdict was read. What
    has a wrong size is asked in a second process.
    """
    tiny = entries()["patch_embed_cls"].problem.tiny
    assert tiny is not None
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    answer = "a + 1" if size == "of the right size" else "a[:, 1:]"
    path = student(
        tmp_path,
        "ada",
        f"{RIGHT}\n_right, opened = patch_embed_cls, []\n\ndef patch_embed_cls(x, *rest):\n"
        f"    if x.shape == {np.shape(next(tiny()).arguments[0])} and not opened:\n"
        f"        opened.append(open({str(gate)!r}).read(1))\n"
        f"    a = _right(x, *rest)\n    return {answer}\n",
    )
    command = [GRADER, "check", *map(str, small), str(path)]
    env = {**os.environ, "COLUMNS": "200"}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as check:
        assert check.stdout is not None
        before = ""
        while " on a square image" not in before:
            before += check.stdout.readline()
        with open(gate, "r+b", buffering=0) as opened:
            opened.write(b"!")
            after, _ = check.communicate()
    assert check.returncode == 1
    assert before.count("✗") == 3
    assert "On the smallest input that shows it:" in after
    assert "0 of 3 groups are right. Fix this and check again." in after
    assert "✗" not in after
