"""Gradescope: the archive, its real scripts with the root folder swapped, and the results."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest
from support.course import PROBLEMS, ROOT, package_files, proven
from support.gradescope import SCHEMA, Json, seen_at_once
from support.small_course import MOST
from support.sources import RIGHT

from grader.cli.main import main
from grader.common.errors import CourseError, UsageError
from grader.course.catalogue import Course, load_course
from grader.handout.gradescope.archive import write_archive
from grader.handout.gradescope.container import find_in
from grader.handout.gradescope.results import FAILED

# The grader that is being tested is the one in the archive, and never the one installed here.
UNINSTALLED = """
import sys
sys.meta_path[:] = [f for f in sys.meta_path if "editable" not in getattr(f, "__module__", "")]
"""


def command(*arguments: object) -> int:
    return main(["gradescope", *map(str, arguments)])


@pytest.fixture(scope="session")
def archive(small_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    destination = tmp_path_factory.mktemp("archive") / "autograder.zip"
    assert command(destination, "--course", small_course) == 0
    return destination


@pytest.fixture
def container(archive: Path, tmp_path: Path) -> Path:
    """A folder laid out as Gradescope lays out /autograder, once the image is built."""
    root = tmp_path / "autograder"
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            path = Path(opened.extract(info, root / "source"))
            path.chmod(info.external_attr >> 16)
    (root / "submission").mkdir()
    (root / "results").mkdir()
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(UNINSTALLED)
    shutil.copy2(root / "source" / "run_autograder", root / "run_autograder")
    return root


def run_autograder(root: Path, printed: str = "", **environment: str) -> Json:
    """Runs the real script, and returns what it wrote. printed: what instructors see of it."""
    done = subprocess.run(
        [root / "run_autograder", root],
        cwd=root,
        env={
            **os.environ,
            "GRADER_PYTHON": sys.executable,
            "PYTHONPATH": str(root.parent / "site"),
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert printed in done.stdout
    results = json.loads((root / "results" / "results.json").read_text("utf-8"))
    jsonschema.validate(results, SCHEMA)
    return results


def test_the_archive_is_what_gradescope_asks_for(
    archive: Path, small_course: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        for name in ("setup.sh", "run_autograder"):
            assert stat.S_IMODE(opened.getinfo(name).external_attr >> 16) == 0o755
            content = opened.read(name)
            assert content.startswith(b"#!/usr/bin/env bash\n")
            assert b"\r" not in content
            script = tmp_path / name
            script.write_bytes(content)
            subprocess.run(["bash", "-n", script], check=True)
    assert len(set(names)) == len(names)
    for name in (
        "pyproject.toml",
        "README.md",
        "grader/handout/gradescope/__main__.py",
        "grader/cli/main.py",
    ):
        assert name in names
    for problem_id in PROBLEMS:
        assert f"problems/{problem_id}/problem.py" in names
        for name in ("reference.py", "warm_up.py"):
            assert f"solutions/{problem_id}/{name}" in names
    package = {name.removeprefix("grader/") for name in names if name.startswith("grader/")}
    assert "writers/templates/page.html.jinja" in package
    assert package == package_files(ROOT / "grader")
    assert not any("accepted" in name or "__pycache__" in name for name in names)
    again = tmp_path / "again.zip"
    course = load_course(small_course)
    write_archive(course, again)
    assert again.read_bytes() == archive.read_bytes()


# Stand in for the programs that setup.sh calls. Python 3.12 comes with the deadsnakes archive only,
# as on an image of Ubuntu 22.04, and what it is told to run fails.
STUBS = {
    "apt-get": """
[[ " $* " != *" python3.12 "* ]] && exit
[ -e "$HERE/deadsnakes" ] && cp "$HERE/python" "$HERE/python3.12"
""",
    "add-apt-repository": """
touch "$HERE/deadsnakes"
""",
    "python": """
case "$2" in
  venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  grader.handout.gradescope.compile_all) exit 1 ;;
  grader.handout.gradescope)
    ls "$3/submission" >>"$HERE/log"
    echo rehearsed >"$3/results/results.json"
    exit 1 ;;
esac
""",
}


def test_setup_installs_what_is_missing_and_rehearses(container: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in "bash basename cat cp dirname ln ls mkdir mktemp rm touch".split():
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    for name, script in STUBS.items():
        start = f'#!{programs}/bash\necho "{name} $*" >>"$HERE/log"'
        (programs / name).write_text(start + script)
        (programs / name).chmod(0o755)
    done = subprocess.run(
        [programs / "bash", container / "source" / "setup.sh", container],
        env={"PATH": str(programs), "HERE": str(programs), "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith("rehearsed\n")
    log = (programs / "log").read_text()
    install = "apt-get install -y --no-install-recommends"
    expected = [
        f"{install} bubblewrap libseccomp2",
        f"{install} python3.12 python3.12-venv",
        "add-apt-repository -y ppa:deadsnakes/ppa",
        f"{install} python3.12 python3.12-venv",
        f"python -m venv {container}/venv",
        f"python -m pip install --no-cache-dir --editable {container}/source",
        f"python -m grader.handout.gradescope.compile_all {container}",
        "patch_embed_cls.py",
        "vit_patch_embed.py",
    ]
    places = iter(log.splitlines())
    assert all(any(line == place for place in places) for line in expected), log
    assert not list(tmp_path.glob("tmp.*"))  # the rehearsal


@pytest.mark.sweep
def test_what_runs_need_is_compiled_into_the_image(container: Path) -> None:
    """For our side and for workers, once."""
    code = f"""
from pathlib import Path
from grader.handout.gradescope.compile_all import main
main(Path({str(container)!r}), runs=1)
"""
    environment = {
        **os.environ,
        "PYTHONPATH": f"{container}/source{os.pathsep}{container.parent}/site",
        "XDG_CACHE_HOME": str(container / "cache"),
    }
    found = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True
        )
        compiled = [line.partition(": compiled for ") for line in done.stdout.splitlines()]
        assert [problem_id for problem_id, separator, _ in compiled if separator] == list(
            PROBLEMS
        ), done
        places = ("compiled-*", *(f"warm-*/{problem_id}-*" for problem_id in PROBLEMS))
        programs = [{*(container / "cache").glob(f"*/{place}/*-cache")} for place in places]
        assert all(len(some) > 20 for some in programs), places
        found.append(programs)
    # Which of our side's programs take long enough to be kept depends on the machine's load.
    assert found[0][1:] == found[1][1:]


def test_the_archive_of_one_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    destination = tmp_path / "one.zip"
    assert command(destination, "--problem", "vit_patch_embed") == 0
    assert "20 autograder points" in capsys.readouterr().out
    names = zipfile.ZipFile(destination).namelist()
    assert not any("patch_embed_cls" in name for name in names)
    assert sum(name.startswith("solutions/vit_patch_embed/wrong_answer/") for name in names) > 50


def test_a_broken_course_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "problems" / "broken").mkdir(parents=True)
    (tmp_path / "problems" / "broken" / "problem.py").write_text("1 / 0")
    assert command(tmp_path / "autograder.zip", "--course", tmp_path) == 2
    assert "problem.py does not load: ZeroDivisionError" in capsys.readouterr().err
    assert not (tmp_path / "autograder.zip").exists()


def test_what_cannot_be_written_is_refused(small_course: Path, tmp_path: Path) -> None:
    course = load_course(small_course)
    for destination in (tmp_path, tmp_path / "x.tar", tmp_path / "no" / "x.zip"):
        with pytest.raises(UsageError):
            write_archive(course, destination)
    broken = dataclasses.replace(course, broken={"x": CourseError("x is broken")})
    with pytest.raises(CourseError):
        write_archive(broken, tmp_path / "x.zip")
    assert list(tmp_path.iterdir()) == []
    assert command(tmp_path / "x.zip", "--problem", "none_such") == 2


@pytest.mark.sweep
def test_a_right_and_a_wrong_submission(container: Path) -> None:
    proven("auto")
    bank = ROOT / "solutions"
    submission = container / "submission"
    (submission / "homework").mkdir()
    shutil.copyfile(
        bank / "patch_embed_cls" / "accepted" / "numpy_reshape_transpose_matmul.py",
        submission / "homework" / "patch_embed_cls.py",
    )
    wrong = bank / "vit_patch_embed" / "wrong_answer" / "patches_column_by_column.py"
    shutil.copyfile(wrong, submission / "vit_patch_embed.py")
    (submission / "notes.txt").write_text("hello")
    results = run_autograder(container)
    tests = {test["name"]: test for test in results["tests"]}
    assert tests["patch_embed_cls: accepted"]["status"] == "passed"
    assert tests["vit_patch_embed: wrong answer"]["status"] == "failed"
    mine = [t for name, t in tests.items() if name.startswith("patch_embed_cls") and "score" in t]
    assert [t["score"] for t in mine] == [t["max_score"] for t in mine]
    assert len(mine) == 3
    assert MOST <= results["score"] < 2 * MOST
    assert results["score"] == sum(test.get("score", 0) for test in results["tests"])
    assert results["execution_time"] > 0
    text = seen_at_once(results)
    assert "Your patches go down the columns." in text  # what its author wrote about the mistake
    assert "On the smallest input that shows it" in text
    assert "Not graded: notes.txt" in text
    # Neither the path of a reference nor a line of one, for nobody.
    whole = json.dumps(results)
    for telling in ("reference.py", "solutions/", "conv.init(jax", "patches_column_by_column.py"):
        assert telling not in whole
    failed = [t for t in results["tests"] if t["status"] == "failed" and "score" in t]
    assert failed
    assert all(t["visibility"] == "after_published" and t["output"] not in text for t in failed)


def test_an_empty_submission(container: Path) -> None:
    results = run_autograder(container)
    assert results["score"] == 0
    assert [test["score"] for test in results["tests"]] == [0, 0]
    assert [test["max_score"] for test in results["tests"]] == [MOST, MOST]
    assert "no .py or .ipynb file" in results["output"]


@pytest.mark.sweep
def test_files_that_nobody_should_hand_in(container: Path) -> None:
    """A pipe, which would be waited for, and one far too large."""
    proven("auto")
    os.mkfifo(container / "submission" / "patch_embed_cls.py")
    (container / "submission" / "vit_patch_embed.py").write_bytes(b"#" * 20 * 2**20)
    results = run_autograder(container)
    assert results["score"] == 0
    text = seen_at_once(results)
    assert "not a regular file" in text
    assert "more than 1 MiB" in text
    assert text.count("run-time error") == 2


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("grader/judging/judge.py", "No module named 'grader.judging.judge'"),
        (
            "grader/handout/gradescope/results.py",
            "No module named 'grader.handout.gradescope.results'",
        ),
        (
            "grader/handout/gradescope/container.py",
            "No module named 'grader.handout.gradescope.container'",
        ),
        ("grader", "No module named 'grader'"),
        ("problems", "holds no problem"),
        (".", "No such file or directory"),
    ],
)
def test_a_broken_grader_is_not_the_students_fault(
    container: Path, missing: str, told: str
) -> None:
    shutil.copyfile(
        ROOT / "solutions" / "patch_embed_cls" / "reference.py",
        container / "submission" / "patch_embed_cls.py",
    )
    (container / "results" / "results.json").write_text("of another submission")
    path = container / "source" / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    results = run_autograder(container, printed=told)
    assert "score" not in json.dumps(results)
    assert FAILED in seen_at_once(results)
    assert [test["visibility"] for test in results["tests"]] == ["visible", "hidden"]


def test_without_python_there_are_results(container: Path) -> None:
    results = run_autograder(container, GRADER_PYTHON="/nonexistent/python")
    assert FAILED in seen_at_once(results)
    assert "score" not in json.dumps(results)


@pytest.mark.sweep
def test_without_a_sandbox_nothing_is_run(container: Path, tmp_path: Path) -> None:
    """No bwrap on the PATH and no Landlock: instructors read why, and nobody gets marks."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "mkdir", "cat"):
        found = shutil.which(name)
        assert found
        (programs / name).symlink_to(found)
    fake = container / "source" / "sandlock.py"
    fake.write_text("def landlock_abi_version():\n    return 0\n")
    harm = tmp_path / "harm"
    (container / "submission" / "patch_embed_cls.py").write_text(
        f"open({str(harm)!r}, 'w').close()\ndef patch_embed_cls(*_): pass\n"
    )
    results = run_autograder(container, PATH=str(programs))
    assert not harm.exists()
    assert "score" not in json.dumps(results)
    assert FAILED in seen_at_once(results)
    assert "sandbox" not in seen_at_once(results)
    told = results["tests"][1]["output"]
    assert "No sandbox works here" in told
    assert "bubblewrap is not installed" in told
    assert "this kernel has none" in told


def test_a_folder_is_one_students_whatever_the_names_say(course: Course, tmp_path: Path) -> None:
    """The rule for all files holds here too: the template never counts beside a started one."""
    template = (ROOT / "problems" / "patch_embed_cls" / "stub.py").read_text()
    for name, text in {
        "patch_embed_cls.py": template,
        "ada/homework.py": RIGHT,
        "bela_12_34_vit_patch_embed.py": "def patch_embed_forward(*four): pass",
        "notes.txt": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = find_in(tmp_path, course)
    assert {(s.student, s.where) for s in found.submissions} == {
        ("student", "ada/homework.py"),
        ("student", "bela_12_34_vit_patch_embed.py"),
    }
    (chosen,) = (s for s in found.submissions if s.problem_id == "patch_embed_cls")
    assert chosen.others == ()
    assert "still the template" in chosen.notes[0]
    assert [item.path.name for item in found.not_understood] == ["patch_embed_cls.py", "notes.txt"]
