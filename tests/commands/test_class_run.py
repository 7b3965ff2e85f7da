"""A class run by the real command: nothing is lost, whatever stops it, or done twice."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from support.command import CourseOption
from support.course import ROOT
from support.generated import ID, RIGHT_FILES, dask_workers, generate

from grader.common.locks import lock, unlock

SEED = 8  # of all runs here


def command(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", "--problem", ID, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
        **options,
    )


@dataclass(frozen=True)
class Few:
    """A class of a few, and the results of grading it undisturbed."""

    folder: Path
    results: Path
    course: CourseOption

    def grade(self, *arguments: object) -> tuple[int, str]:
        return grade(self.folder, *self.course, *arguments)


def grade(*arguments: object) -> tuple[int, str]:
    with command(*arguments) as process:
        printed, _ = process.communicate()
        return process.returncode, printed


def reports(results: Path) -> list[dict[str, Any]]:
    """In their order, without what differs from run to run."""
    found: list[dict[str, Any]] = json.loads((results / "report.json").read_text())["reports"]
    for report in found:
        report.pop("seconds")
        report.pop("disturbed")
        for case in report["cases"]:
            case.pop("seconds")
    return found


def judged(results: Path) -> dict[str, dict[str, Any]]:
    """Each student's report, where each has handed in one."""
    found = {report["student"]: report for report in reports(results)}
    assert len(found) == len(reports(results)), "one report for each"
    return found


def graded_lines(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if line.startswith("[")]


@pytest.fixture(scope="module")
def few(small: CourseOption, tmp_path_factory: pytest.TempPathFactory) -> Few:
    folder = tmp_path_factory.mktemp("few")
    for number, name in enumerate(RIGHT_FILES[:3]):
        student = folder / "class" / f"s{number}"
        student.mkdir(parents=True)
        shutil.copyfile(ROOT / "solutions" / ID / "accepted" / f"{name}.py", student / f"{ID}.py")
    wrong = ROOT / "solutions" / ID / "wrong_answer" / "channels_reversed.py"
    (folder / "class" / "w").mkdir()
    shutil.copyfile(wrong, folder / "class" / "w" / f"{ID}.py")
    (folder / "class" / "nobody").mkdir()
    made = Few(folder / "class", folder / "results", small)
    status, printed = made.grade("-o", made.results, "--seed", SEED)
    assert status == 0, printed
    assert len(graded_lines(printed)) == 4
    return made


def test_what_was_graded_before_is_not_graded_again(few: Few, tmp_path: Path) -> None:
    folder, results = tmp_path / "class", tmp_path / "results"
    shutil.copytree(few.folder, folder)
    shutil.copytree(few.results, results)
    for number in (7, 8):
        shutil.copytree(folder / "s0", folder / f"new{number}")
    (folder / "s1" / f"{ID}.py").write_text("def patch_embed_cls(*a):\n    return 1 / 0\n")
    status, printed = grade(folder, *few.course, "-o", results)
    assert status == 0, printed
    assert f"seed {SEED}" in printed
    assert len(graded_lines(printed)) == 3, printed
    before, after = judged(few.results), judged(results)
    assert set(after) == {*before, "new7", "new8"}
    assert after["s1"]["verdict"] == "run_time_error"
    assert after["new7"]["verdict"] == "accepted"
    for student in ("s0", "s2", "w"):
        before[student].pop("submission")
        after[student].pop("submission")
        assert before[student] == after[student]
    status, printed = grade(folder, *few.course, "-o", results, "--force")
    assert status == 0, printed
    assert len(graded_lines(printed)) == 6


# The command as it is without fork servers, and with nothing compiled ahead.
PLAIN = """
import sys
from grader.cli.main import main
from grader.grading import class_run
from grader.sandbox import choose
choose.ForkingSandbox = lambda sandbox: sandbox
class_run.compile_ahead = lambda *_: None
sys.exit(main())
"""


@pytest.mark.sweep
def test_neither_what_is_compiled_ahead_nor_fork_servers_change_a_report(tmp_path: Path) -> None:
    """The example class: with neither, with nothing compiled before, and with all of it."""
    command = ["grade", "examples/class", "--seed", str(SEED), "--jobs", "2", "-o"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "COLUMNS": "200"}
    found, compiled = {}, {}
    for name, start in (
        ("plain", ["-c", PLAIN]),
        ("cold", ["-m", "grader"]),
        ("warm", ["-m", "grader"]),
    ):
        done = subprocess.run(
            [sys.executable, *start, *command, tmp_path / name],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        found[name] = reports(tmp_path / name)
        for report in found[name]:
            if report["verdict"] == "run_time_error":
                del report["output"]  # how far it had come with them when it was ended is luck
        compiled[name] = len([*tmp_path.glob("cache/*/warm-*/*/*-cache")])
    assert len(found["plain"]) == len([*ROOT.glob("examples/class/*/*.*")])
    assert found["cold"] == found["warm"] == found["plain"]
    assert compiled["plain"] == 0
    assert compiled["cold"] > 50


def test_outputs_of_a_run_and_one_student_explained(few: Few) -> None:
    results = few.results
    assert (results / "index.html").is_file()
    rows = list(csv.reader((results / "gradebook.csv").read_text("utf-8-sig").splitlines()))
    assert {row[0] for row in rows[1:]} >= {"s0", "s1", "s2", "w"}
    done = subprocess.run(
        [sys.executable, "-m", "grader", "explain", str(results), "w"],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    assert "wrong answer, " in done.stdout
    assert "Your channels are in reverse order (as in BGR images)." in done.stdout
    assert "On the smallest input that shows it:" in done.stdout
    for typo, words in (
        ("s8", "'s8' is not the id, name, e-mail address or number of one student. Did you mean s"),
        ("zoe", "'zoe' is not the id, name, e-mail address or number of one student.\n"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "grader", "explain", str(results), typo],
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        assert (done.returncode, words in done.stderr) == (2, True)


def test_a_second_run_into_one_folder_is_told_so(few: Few, tmp_path: Path) -> None:
    results = tmp_path / "results"
    shutil.copytree(few.results, results)
    handle = lock(results)
    try:
        status, printed = few.grade("-o", results)
    finally:
        unlock(handle)
    assert status == 2
    assert "Another run is writing to" in printed
    assert judged(results) == judged(few.results)


@pytest.mark.sweep
def test_folders_that_can_not_be_used_are_left_as_they_are(few: Few, tmp_path: Path) -> None:
    for name, spoil, words in (
        ("other", lambda f: (f / "class.json").unlink(), "holds other things than results"),
        ("half", lambda f: (f / "class.json").write_text('{"format": '), "is damaged"),
        (
            "version",
            lambda f: (f / "class.json").write_text('{"format":1,"seed":1}'),
            "is from another version",
        ),
    ):
        results = tmp_path / name
        shutil.copytree(few.results, results)
        spoil(results)
        there = {path: path.read_bytes() for path in results.rglob("*") if path.is_file()}
        status, printed = few.grade("-o", results)
        assert (status, words in printed) == (2, True), printed
        assert "Traceback" not in printed
        assert {p: p.read_bytes() for p in results.rglob("*") if p.is_file()} == there
    status, printed = few.grade("-o", few.results, "--seed", SEED + 1)
    assert (status, f"holds a class of seed {SEED}" in printed) == (2, True)
    (tmp_path / "file").touch()
    status, printed = few.grade("-o", tmp_path / "file" / "x")
    assert (status, "Traceback" in printed) == (2, False), printed
    assert list(tmp_path.rglob("x")) == []


def test_a_damaged_report_is_made_again(few: Few, tmp_path: Path) -> None:
    results = tmp_path / "results"
    shutil.copytree(few.results, results)
    spoiled = sorted((results / "reports").iterdir())[0]
    spoiled.write_text(spoiled.read_text()[:100])
    status, printed = few.grade("-o", results)
    assert status == 0
    assert len(graded_lines(printed)) == 1
    assert judged(results) == judged(few.results)


@pytest.mark.sweep
def test_a_full_disk_loses_nothing(few: Few, tmp_path: Path) -> None:
    """No file may be larger than a report: what is written then fails as on a full disk."""
    results = tmp_path / "results"
    script = f'ulimit -f 16; exec {sys.executable} -m grader grade --problem {ID} "$@"'
    arguments = [few.folder, *few.course, "-o", results, "--seed", SEED]
    done = subprocess.run(
        ["bash", "-c", script, "sh", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "could not be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(results.rglob(".*.json.*")), "no half of a file"
    status, printed = few.grade("-o", results)
    assert status == 0, printed
    assert judged(results) == judged(few.results)


def test_ctrl_c_keeps_what_is_graded_and_leaves_no_process(few: Few, tmp_path: Path) -> None:
    results = tmp_path / "results"
    with command(few.folder, *few.course, "-o", results, "--seed", SEED, "--jobs", 1) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("[1/"):
                break
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 130
    assert "kept in" in rest
    assert "run the same command again to continue" in rest
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive
    status, printed = few.grade("-o", results)
    assert status == 0, printed
    assert 1 <= len(graded_lines(printed)) <= 3
    assert judged(results) == judged(few.results)


@pytest.mark.sweep
def test_a_run_stops_when_its_time_is_over_and_continues(few: Few, tmp_path: Path) -> None:
    results = tmp_path / "results"
    status, printed = few.grade("-o", results, "--seed", SEED, "--at-most", 0.0001)
    assert status == 124, printed
    assert "The time of --at-most is over. Every worker has ended." in printed
    assert "Traceback" not in printed
    status, printed = few.grade("-o", results)
    assert status == 0, printed
    assert judged(results) == judged(few.results)


def test_a_limit_on_the_run_needs_a_place_for_what_is_made_by_then(few: Few) -> None:
    status, printed = few.grade("--at-most", 5)
    assert status == 2
    assert "--at-most needs -o FOLDER" in printed


@pytest.mark.sweep
def test_limits_of_the_command_are_those_of_each_submission(few: Few, tmp_path: Path) -> None:
    """And a report made with other limits is made again."""
    sources = {"a": "while True: pass", "b": "return bytearray(3 * 2**30 + 2**29)"}
    for name, body in sources.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        path = tmp_path / "class" / name / f"{ID}.py"
        path.write_text(f"def {ID}(*a):\n    {body}\n")
    results = tmp_path / "results"
    limits = "--seconds", 1, "--memory", 3.5
    command = tmp_path / "class", *few.course, "-o", results, "--seed", SEED
    status, printed = grade(*command, *limits)
    assert status == 0, printed
    messages = {student: report["message"] for student, report in judged(results).items()}
    assert "still running after 1 s" in messages["a"]
    assert "the limit is 3.5 GiB" in messages["b"]
    assert not graded_lines(grade(*command, *limits)[1])
    assert len(graded_lines(grade(*command, "--seconds", 2, "--memory", 3.5)[1])) == 2


@pytest.mark.sweep
def test_dask_gives_the_same_reports(few: Few, tmp_path: Path) -> None:
    status, printed = few.grade(
        "-o", tmp_path / "results", "--seed", SEED, "--dask", "local", "--jobs", 2
    )
    assert status == 0, printed
    assert judged(tmp_path / "results") == judged(few.results)
    status, printed = few.grade("--dask", "tcp://127.0.0.1:1")
    assert (status, "There is no Dask scheduler at" in printed) == (2, True), printed


@pytest.mark.sweep
def test_what_dask_workers_were_sent_is_sent_again_when_all_have_died(
    few: Few, tmp_path: Path
) -> None:
    results = tmp_path / "results"
    with command(
        few.folder, *few.course, "-o", results, "--seed", SEED, "--dask", "local", "--jobs", 2
    ) as process:
        assert process.stdout is not None
        lines: Iterator[str] = iter(process.stdout.readline, "")
        assert any(line.startswith("[1/") for line in lines)
        workers = dask_workers(process.pid)
        assert len(workers) == 2
        for worker in workers:
            worker.kill()
        rest = "".join(lines)
    assert process.returncode == 0, rest
    assert judged(results) == judged(few.results)


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], Path]:
    """A class of 100 of every kind, what each deserves, and the results of grading it in one go."""
    folder = tmp_path_factory.mktemp("hundred")
    deserved = generate(folder / "class", 100)
    status, printed = grade(folder / "class", "-o", folder / "results", "--seed", SEED)
    assert status == 0, printed
    return folder / "class", deserved, folder / "results"


@pytest.mark.sweep
def test_a_class_of_a_hundred_gets_what_it_deserves(
    hundred: tuple[Path, dict[str, str], Path],
) -> None:
    _, deserved, results = hundred
    reports = judged(results)
    assert {s: reports[s]["verdict"] if s in reports else "" for s in deserved} == deserved


@pytest.mark.proof
def test_a_run_killed_ten_times_loses_nothing(
    hundred: tuple[Path, dict[str, str], Path], tmp_path: Path
) -> None:
    folder, _, whole = hundred
    results = tmp_path / "results"
    choose = random.Random(3)
    done = 0
    for _ in range(10):
        with command(folder, "-o", results, "--seed", SEED) as process:
            assert process.stdout is not None
            wanted = choose.randint(1, 7)
            for line in process.stdout:
                done += line.startswith("[")
                if line.startswith(f"[{wanted}/"):
                    break
            process.kill()
    status, printed = grade(folder, "-o", results)
    assert status == 0, printed
    # At most what was being written when it was killed is done again.
    assert len(graded_lines(printed)) <= len(judged(whole)) - done + 10 * (os.cpu_count() or 1)
    assert judged(results) == judged(whole)


@pytest.mark.proof
def test_dask_workers_that_are_killed_lose_nothing(
    hundred: tuple[Path, dict[str, str], Path], tmp_path: Path
) -> None:
    folder, _, whole = hundred
    results = tmp_path / "results"
    with command(folder, "-o", results, "--seed", SEED, "--dask", "local", "--jobs", 2) as process:
        assert process.stdout is not None
        lines: Iterator[str] = iter(process.stdout.readline, "")
        for wanted in (5, 20, 40):
            assert any(line.startswith(f"[{wanted}/") for line in lines)
            workers = dask_workers(process.pid)
            assert workers
            workers[0].kill()
        rest = "".join(lines)
    assert process.returncode == 0, rest
    assert judged(results) == judged(whole)


@pytest.mark.sweep
def test_a_run_says_whom_it_waits_for(small: CourseOption, tmp_path: Path) -> None:
    """Where no terminal is: a line names the submission that sleeps, and for how long it runs."""
    right = (ROOT / "solutions" / ID / "accepted" / f"{RIGHT_FILES[0]}.py").read_text()
    for name, before in (("ada", ""), ("bela", "import time\ntime.sleep(20)\n")):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / f"{ID}.py").write_text(before + right)
    status, printed = grade(tmp_path / "class", *small)
    assert status == 0, printed
    lines = printed.splitlines()
    waiting = re.compile(rf"Waiting for bela \({ID}\) for 1[0-9] s; 1 of 2 left\.")
    ((place, _),) = [(n, line) for n, line in enumerate(lines) if waiting.fullmatch(line)]
    assert lines[place - 1] == f"[1/2] ada {ID}: accepted"
    assert lines[place + 1].startswith("[2/2] bela ")
