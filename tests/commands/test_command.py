"""The command as people run it: exit statuses, the JSON report, bad input, a class of all sorts."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
import pytest
from nbclient import NotebookClient
from support.command import GRADER, run
from support.course import PROBLEMS, ROOT, proven, short_plan
from support.sources import CALL, RIGHT

from grader.grading.grade_one import grade_submission
from grader.handout.notebooks import results_notebook
from grader.oracle.practice import SEED
from grader.submissions import Submission

SCHEMA = json.loads((ROOT / "grader" / "report" / "report.schema.json").read_text())
CLASS = ROOT / "examples" / "class"
README = ROOT / "README.md"

# What the example class is there to show: student -> problem -> verdict.
EXAMPLES = {
    "ada": {"patch_embed_cls": "accepted", "vit_patch_embed": "accepted"},
    "bela": {"vit_patch_embed": "accepted"},
    "chen": {"patch_embed_cls": "wrong_answer"},
    "dara": {"vit_patch_embed": "wrong_answer"},
    "emil": {"patch_embed_cls": "run_time_error"},
    "fay": {"vit_patch_embed": "time_limit_exceeded"},
    "gus": {"patch_embed_cls": "rule_violation"},
    "hana": {"vit_patch_embed": "wrong_answer"},
    "ivan": {"patch_embed_cls": "wrong_answer"},
    "jo": {"vit_patch_embed": "run_time_error"},
}


def graded(tmp_path: Path, *arguments: object, **more: Any) -> dict[str, Any]:
    """The JSON of a run that must work."""
    file = tmp_path / "out.json"
    done = run("grade", *arguments, "--json", file, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(file.read_text())
    jsonschema.validate(document, SCHEMA)
    return document


def student(folder: Path, name: str, source: str, file: str = "patch_embed_cls.py") -> Path:
    path = folder / name / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    return path


@cache
def example_run() -> tuple[str, dict[str, Any]]:
    """The demo: the whole example class, once for all tests; what it printed and its report."""
    proven("auto")
    results = example_results()
    done = run("grade", CLASS, "-o", results, "--seed", 1)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads((results / "report.json").read_text())


def example_results() -> Path:
    return Path(os.environ["PYTEST_CURRENT_TEST_DIR"]) / "results"


@pytest.fixture(autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_CURRENT_TEST_DIR", str(tmp_path_factory.getbasetemp()))


def test_the_example_class_gets_the_verdicts_it_is_there_to_show() -> None:
    printed, document = example_run()
    jsonschema.validate(document, SCHEMA)
    verdicts: dict[str, dict[str, str]] = {}
    for report in document["reports"]:
        verdicts.setdefault(report["student"], {})[report["problem_id"]] = report["verdict"]
    assert verdicts == EXAMPLES
    assert document["not_understood"] == []
    assert "[11/11]" in printed
    for report in document["reports"]:
        assert report["message"].split()[0] in printed
        assert report["max_score"] == 20
        assert (report["score"] == 20) == (report["verdict"] == "accepted")


def test_the_instructors_notebook_shows_the_example_class() -> None:
    example_run()
    notebook = nbformat.reads(results_notebook(), as_version=4)
    assert (ROOT / "notebooks" / "results.ipynb").read_text() == results_notebook(), "it is stale"
    folder = {"metadata": {"path": example_results().parent}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=folder).execute()
    outputs = {cell["id"]: str(cell.get("outputs")) for cell in notebook.cells}
    assert "rule_violation" in outputs["verdicts"]
    assert "<svg" in outputs["marks"]
    assert "where the numbers are off" in outputs["student"]
    for report in example_run()[1]["reports"]:
        for finding in report["diagnosis"]["what"][:1]:
            assert finding["sentence"][:30] in outputs["mistakes"]


def test_the_forger_s_print_is_kept_as_data_and_shown_to_nobody() -> None:
    printed, document = example_run()
    (jo,) = (report for report in document["reports"] if report["student"] == "jo")
    assert '"verdict": "accepted"' in jo["output"]
    assert "\x1b" not in printed
    assert "| jo |" not in printed


def test_the_reports_say_what_decided_the_numbers() -> None:
    _, document = example_run()
    assert document["seed"] == 1
    for report in document["reports"]:
        groups = {case["group"] for case in report["cases"]}
        assert len(groups) == 15
        assert report["versions"]["jax"].count(".") == 2
    (hana,) = (report for report in document["reports"] if report["student"] == "hana")
    first = hana["cases"][0]
    assert first["largest_error"] > first["allowed_error"] > 0
    assert first["shapes"][0][2] == 3
    (fay,) = (report for report in document["reports"] if report["student"] == "fay")
    assert [case["verdict"] for case in fay["cases"][:2]] == ["time_limit_exceeded", "not_run"]


def test_the_readme_shows_rows_that_the_demo_prints() -> None:
    printed, _ = example_run()
    _, table, _ = re.split(r"^student .*\n─+\n|^```\n\n!\[", README.read_text(), flags=re.M)
    rows, real = (re.findall(r"^\w.*/20(?= )", text, re.M) for text in (table, printed))
    assert rows == real[:4]


def test_a_seed_repeats_a_run_bit_for_bit(tmp_path: Path) -> None:
    wrong = student(tmp_path, "ada", RIGHT.replace("+ pos_embed", "+ 1.01 * pos_embed"))
    first, again, fresh = (
        graded(tmp_path, wrong, *seed) for seed in (["--seed", 7], ["--seed", 7], [])
    )

    def numbers(document: dict[str, Any]) -> list[Any]:
        cases = document["reports"][0]["cases"]
        return [(c["shapes"], c["largest_error"], c["where"], c["message"]) for c in cases]

    assert numbers(first) == numbers(again) != numbers(fresh)
    repeated = graded(tmp_path, wrong, "--seed", fresh["seed"])
    assert numbers(repeated) == numbers(fresh)


def test_all_of_a_problem_is_right_in_both_sandboxes(tmp_path: Path) -> None:
    path = student(tmp_path, "ada", RIGHT)
    for name in ("bubblewrap", "landlock"):
        proven(name)
        (report,) = graded(tmp_path, path, "--sandbox", name)["reports"]
        assert (report["verdict"], report["score"]) == ("accepted", 20)
        assert report["sandbox"] == name


def test_without_a_sandbox_it_says_so_and_the_report_records_it(tmp_path: Path) -> None:
    path = student(tmp_path, "ada", RIGHT)
    done = run("grade", path, "--sandbox", "none", "--json", tmp_path / "r.json")
    assert done.returncode == 0
    assert "No sandbox" in done.stderr
    report = json.loads((tmp_path / "r.json").read_text())["reports"][0]
    assert (report["verdict"], report["sandbox"]) == ("accepted", "none")


def test_odd_names_and_bad_files_lose_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    odd = ["with space", "new\nline", "\x1b[31mred", "=cmd()", "<b>bold", "逗", "x" * 200]
    for name in odd:
        student(folder, name, RIGHT)
    student(folder, "broken", "{", "patch_embed_cls.ipynb")
    student(folder, "binary", "\x00\x01", "patch_embed_cls.py")
    student(folder, "huge", "#" * (20 * 2**20))
    (folder / "empty").mkdir()
    (folder / "linked").mkdir()
    (folder / "linked" / "patch_embed_cls.py").symlink_to("/etc/passwd")
    document = graded(tmp_path, folder, "--problem", "patch_embed_cls")
    verdicts = {report["student"]: report["verdict"] for report in document["reports"]}
    assert dict.fromkeys(odd, "accepted").items() <= verdicts.items()
    others = {"broken", "binary", "huge", "linked"}
    assert {name: verdicts[name] for name in others} == dict.fromkeys(others, "run_time_error")
    assert [Path(item["path"]).name for item in document["not_understood"]] == ["empty"]


def test_a_name_writes_no_line_of_its_own(tmp_path: Path) -> None:
    """Not in the table, not among what is not graded, not in what is said of our own failures."""
    forged = "eve\nada  patch_embed_cls  accepted  20/20"
    student(tmp_path / "class", forged, RIGHT)
    (tmp_path / "class" / f"{forged} too").mkdir()
    (tmp_path / "none" / forged).mkdir(parents=True)
    for folder in ("class", "none"):
        done = run("grade", tmp_path / folder)
        lines = [*done.stdout.splitlines(), *done.stderr.splitlines()]
        assert not [line for line in lines if line.startswith("ada")]


def test_names_that_look_alike_are_told_apart(tmp_path: Path) -> None:
    long = "Introduction_to_Deep_Learning_2026_Smith_"
    names = ["ada\u2800", "ada ", " ", "\u3164", f"{long}Ada", f"{long}Bea", "é", "e\u0301"]
    for name in names:
        student(tmp_path / "class", name, "x = 1")
    done = run("grade", tmp_path / "class", "--problem", "patch_embed_cls")
    rows = [line for line in done.stdout.splitlines() if line.endswith(" s") and "0/20" in line]
    shown = [row.partition("  patch_embed_cls")[0].strip() for row in rows]
    assert len(set(shown)) == len(names)
    assert all(shown)


def test_bytes_that_are_no_text_become_no_broken_json(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "class") + b"/ad\xff"
    os.makedirs(folder)
    with open(folder + b"/patch_embed_cls.py", "w") as file:
        file.write("x = 1")
    (report,) = graded(tmp_path, tmp_path / "class")["reports"]
    assert report["student"] == r"ad\udcff"
    report["submission"].encode()


def test_a_link_to_what_a_worker_can_read_stops_nobody(tmp_path: Path) -> None:
    """The probe tries to read submissions; a link that leads to a library is none of them."""
    student(tmp_path / "class", "ada", RIGHT)
    (tmp_path / "class" / "eve").mkdir()
    (tmp_path / "class" / "eve" / "patch_embed_cls.py").symlink_to("/dev/null")
    for name in ("bubblewrap", "landlock"):
        proven(name)
        reports = graded(tmp_path, tmp_path / "class", "--sandbox", name)["reports"]
        assert [report["verdict"] for report in reports] == ["accepted", "run_time_error"]


def test_a_file_that_goes_away_is_no_fault_of_the_student(tmp_path: Path) -> None:
    path = student(tmp_path, "ada", RIGHT)
    plan = short_plan("patch_embed_cls", "square")
    submission = Submission("ada", path, "patch_embed_cls")
    path.unlink()
    report = grade_submission(plan, submission, proven("auto"))
    assert (report.verdict, report.score) == ("judge_error", None)
    assert "could not be read (No such file or directory), so it has not been" in report.message


PAYLOADS = {
    "escape": "\x1b[2J\x1b]8;;http://x\x07",
    "bidi": "\u202e\u2066",
    "zero width": "\u200b\u2060\ufeff",
    "line": "\r\n\x0b\x85\u2028",
    "markup": "[bold red][link=http://x]",
    "html": "<script>alert(1)</script>&lt;",
    "formula": "=HYPERLINK(1)",
}
ALL = "".join(PAYLOADS.values())
TALK = {
    "print": f"print({ALL!r})\n" + CALL + "return 1",
    "message": CALL + f"raise ValueError({ALL!r})",
    "type": CALL + f"raise type({ALL!r}, (Exception,), {{}})",
    "line": CALL + f"1 / 0  # {PAYLOADS['markup']}{PAYLOADS['html']}{PAYLOADS['formula']}\u202e",
    "signature": f"def patch_embed_cls(x={ALL!r}): return 1",
    "class": CALL + f"return type({ALL!r}, (), {{}})()",
    "syntax": f"x = '{PAYLOADS['markup']}{PAYLOADS['html']}\u202e",
    "warning": f"import warnings, sys\nsys.stderr.write({ALL!r})\n" + CALL + "return 1",
}


def test_talk_is_shown_as_it_is_and_does_nothing(tmp_path: Path) -> None:
    for channel, source in TALK.items():
        student(tmp_path / "class", f"py {channel}", source)
        cells = [
            {"cell_type": "code", "metadata": {}, "source": text, "outputs": []}
            for text in (f"raise ValueError({ALL!r})", source)
        ]
        text = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})
        student(tmp_path / "class", f"nb {channel}", text, "patch_embed_cls.ipynb")
    done = run("grade", tmp_path / "class", "--json", tmp_path / "report.json")
    file = (tmp_path / "report.json").read_text()
    document = json.loads(file)
    for text in (done.stdout, done.stderr, file):
        assert all(char.isprintable() or char == "\n" for char in text)
    assert file.isascii()
    # What was said is kept, letter by letter: shown, not obeyed.
    by_name = {report["student"]: report for report in document["reports"]}
    assert by_name["py print"]["output"].startswith(ALL.splitlines(keepends=True)[0])
    assert PAYLOADS["markup"] in done.stdout
    assert PAYLOADS["html"] in done.stdout


def test_the_practice_seed_is_no_seed_for_marks(tmp_path: Path) -> None:
    """Its cases and their answers are in every student's course."""
    path = student(tmp_path, "ada", "x = 1")
    assert "students have" in run("grade", path, "--seed", SEED).stderr
    assert "students have" not in run("grade", path, "--seed", SEED + 1).stderr


def test_a_name_moves_no_cursor(tmp_path: Path) -> None:
    student(tmp_path / "class", "\x1b[2J\x1b[1Aevil\u202e", RIGHT)
    done = run("grade", tmp_path / "class")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "\\x1b[2J" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["grade"], "the following arguments are required: PATH"),
        (["grade", "no/such/path"], "There is no file or folder no/such/path"),
        (["grade", ".", "--problem", "vit"], "There is no problem `vit`"),
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
    course = tmp_path / "course"
    shutil.copytree(ROOT / "problems", course / "problems")
    shutil.copytree(
        ROOT / "solutions" / "patch_embed_cls", course / "solutions" / "patch_embed_cls"
    )
    # No reference for the other problem: its submissions can't be judged, the rest can.
    student(course / "class", "ada", RIGHT)
    student(course / "class", "ada", "", "vit_patch_embed.py")
    done = run("grade", "class", "--json", "out.json", "--course", ".", cwd=course)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "reference.py is missing" in done.stderr
    document = json.loads((course / "out.json").read_text())
    jsonschema.validate(document, SCHEMA)
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


def test_a_reader_that_leaves_does_not_cost_the_report(tmp_path: Path) -> None:
    path = student(tmp_path, "ada", RIGHT)
    out = tmp_path / "out.json"
    command = f"'{GRADER}' grade '{path}' --json '{out}' | head -n 1"
    subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=True, timeout=120)
    assert json.loads(out.read_text())["reports"][0]["verdict"] == "accepted"


def test_a_report_may_go_to_a_pipe(tmp_path: Path) -> None:
    path = student(tmp_path, "ada", "")
    done = run("grade", path, "--json", "/dev/stderr")
    assert '"schema": 4' in done.stderr
    assert Path("/dev/stderr").exists()


def test_a_full_disk_is_said_and_leaves_no_half_report(tmp_path: Path) -> None:
    path = student(tmp_path, "ada", "")
    done = run("grade", path, "--json", "/proc/report.json")
    assert done.returncode == 3
    assert "could not be written" in done.stderr


def test_ctrl_c_ends_every_worker(tmp_path: Path) -> None:
    path = student(tmp_path, "ada", f"{CALL}while True: pass")
    process = subprocess.Popen(
        [GRADER, "grade", path], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    started: list[int] = []
    while process.poll() is None and not any(cpu_seconds(pid) > 0.2 for pid in started):
        started = descendants(process.pid)
    assert process.poll() is None, process.communicate()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "every worker has been ended" in errors
    # They are told to end before the command does; the kernel may take a moment to bury them.
    deadline = time.monotonic() + 10
    while alive := [pid for pid in started if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < deadline, alive


def descendants(pid: int) -> list[int]:
    found = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # it ended in the meantime
            for child in map(int, tasks.read_text().split()):
                found += [child, *descendants(child)]
    return found


def cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
    readme = README.read_text()
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
def test_compiled_programs_change_no_verdict_and_give_nothing_away(tmp_path: Path) -> None:
    # The first run finds an empty cache and fills it; the last one finds it full of rubbish.
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    folder = tmp_path / "class"
    right = (CLASS / "ada" / "vit_patch_embed.py").read_text()
    student(folder, "ada", right, "vit_patch_embed.py")
    student(folder, "eve", LOOK_FOR_PROGRAMS, "vit_patch_embed.py")
    first = graded(tmp_path, folder, "--seed", 3, env=cache)
    kept = list((tmp_path / "cache").rglob("ahead-*/*/*/jit__truncated_normal-*"))
    assert kept
    second = graded(tmp_path, folder, "--seed", 3, env=cache)
    for path in kept:
        path.write_bytes(b"rubbish")
    third = graded(tmp_path, folder, "--seed", 3, env=cache)
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
