"""`grader new` and `grader verify`: a third problem from nothing, and each way to be unsound."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.command import run
from support.course import ROOT, proven

from grader.authoring import Options, Step, verify
from grader.authoring.new_problem import write_skeleton
from grader.common.errors import UsageError
from grader.course.catalogue import load_course
from grader.course.draw import draw_cases

ID = "center_rows"
SECOND = f"tests/independent_solutions/{ID}.py"

PROBLEM = '''
"""Centring rows: how its cases are drawn."""

import numpy as np

from grader.course import Case, Group, Limits, Problem

GROUPS = {"square": Group("a square array", 2), "wide": Group("a wide array")}


def draw(shapes, values):
    for group, rows, columns in (("square", 3, 3), ("wide", 2, int(shapes.integers(4, 7)))):
        x = 2 + values.normal(size=(rows, columns)).astype(np.float32)
        yield Case(group, (x,), terms=columns)


PROBLEM = Problem(
    title="Centred rows",
    entry_point="center_rows",
    parameters=("x",),
    output="an array of shape (rows, columns)",
    groups=GROUPS,
    draw=draw,
    limits=Limits(case_seconds=2),
)
'''
STATEMENT = """
# Centred rows

```python worked-example
import numpy as np

arguments = (np.array([[1, 3], [5, 11]], dtype=np.float32),)
expected = [[-1, 1], [-3, 3]]
```
"""
STUB = '''
"""Centred rows."""


def center_rows(x):
    raise NotImplementedError("your code goes here")
'''
REFERENCE = '''
"""Subtract the mean of each row."""


def center_rows(x):
    return x - x.mean(axis=1, keepdims=True)
'''
ORACLE = '''
"""Plain loops."""


def center_rows(x):
    return [[float(v) - sum(map(float, row)) / len(row) for v in row] for row in x]
'''
CENTERS_ROWS = '''
"""With NumPy, transposed so that the means broadcast by themselves."""


def center_rows(x):
    return (x.T - x.mean(axis=1)).T
'''
WRONG = '''
"""The mean of each column is subtracted, not that of each row."""


def center_rows(x):
    return x - x.mean(axis=0)
'''
PIECES = {
    f"problems/{ID}/README.md": STATEMENT,
    f"problems/{ID}/hints.md": "# Hints\n\n## Hint 1\n\nWhich axis is a row?\n",
    f"problems/{ID}/problem.py": PROBLEM,
    f"problems/{ID}/stub.py": STUB,
    f"solutions/{ID}/reference.py": REFERENCE,
    SECOND: ORACLE,
    f"solutions/{ID}/accepted/another_way.py": CENTERS_ROWS,
    f"solutions/{ID}/wrong_answer/a_known_mistake.py": WRONG,
}


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.lstrip())


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with one small problem that is sound."""
    for name, text in PIECES.items():
        write(tmp_path, name, text)
    return tmp_path


def steps(root: Path, seeds: int = 2, whole: int = 2) -> list[Step]:
    options = Options(range(seeds), whole, jobs=1)
    return list(verify(load_course(root), ID, options, proven("auto"), lambda *_: None))


# --- a third problem, from nothing ------------------------------------------------------------


@pytest.mark.sweep
def test_a_new_problem_is_led_step_by_step_to_be_sound_and_graded(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "problems", tmp_path / "problems")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = run("new", ID, "--course", tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"wrote problems/{ID}/problem.py" in done.stdout
    written = {path for path in tmp_path.rglob("*") if path.is_file()} - set(before)
    assert {str(path.relative_to(tmp_path)) for path in written} == set(PIECES)

    done = run("verify", ID, "--course", tmp_path, "--seeds", 1)
    assert done.returncode == 1
    assert f"{ID} is not sound yet." in done.stdout
    for name, text in PIECES.items():
        (files,) = steps(tmp_path)
        assert any(
            line.startswith(f"{name} is not finished: TODO in line") for line in files.complaints
        )
        write(tmp_path, name, text)
    done = run("verify", ID, "--course", tmp_path, "--seeds", 2)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{ID} is sound." in done.stdout
    assert {path: path.read_bytes() for path in before} == before

    for student, text in (("ada", CENTERS_ROWS), ("ben", WRONG)):
        write(tmp_path, f"class/{student}/{ID}.py", text)
    file = tmp_path / "out.json"
    done = run("grade", tmp_path / "class", "--course", tmp_path, "--json", file)
    assert done.returncode == 0, done.stderr
    reports = {r["student"]: r for r in json.loads(file.read_text())["reports"]}
    assert (reports["ada"]["verdict"], reports["ada"]["score"]) == ("accepted", 3)
    assert (reports["ben"]["verdict"], reports["ben"]["score"]) == ("wrong_answer", 0)


@pytest.mark.parametrize("name", ["Layer", "../x", "class", "", "9lives", "layer-norm"])
def test_a_name_that_is_none_writes_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "problems").mkdir()
    with pytest.raises(UsageError, match="lower-case letters"):
        write_skeleton(tmp_path, name)
    assert not list((tmp_path / "problems").iterdir())


def test_outside_of_a_course_nothing_is_written(tmp_path: Path) -> None:
    """Least of all into the course that the package was installed from."""
    for options in ((), ("--course", tmp_path)):
        done = run("new", "layer_norm", *options, cwd=tmp_path)
        assert done.returncode == 2
        assert str(tmp_path) in done.stderr
        assert "`problems`" in done.stderr
    assert not [*tmp_path.iterdir()]
    assert not (ROOT / "problems" / "layer_norm").exists()


def test_what_is_there_is_never_overwritten(course: Path) -> None:
    (course / "problems" / ID / "problem.py").unlink()
    with pytest.raises(UsageError, match="there already, and nothing was written"):
        write_skeleton(course, ID)
    assert not (course / "problems" / ID / "problem.py").exists()


# --- each way to be unsound -------------------------------------------------------------------


def test_a_sound_problem_passes_each_step(course: Path) -> None:
    found = steps(course)
    assert [step for step in found if step.complaints] == []
    assert [step.name for step in found] == [
        *(
            "files",
            "cases",
            "affine",
            "independent solution",
            "worked example",
            "stub",
            "warm-up",
            "made-up answers",
        ),
        *("right ways", "mistakes", "other failures", "tolerance", "groups"),
    ]
    matrix = found[-1].matrix
    assert matrix is not None
    assert matrix.rates == {"wrong_answer/a_known_mistake.py": {"square": 1, "wide": 1}}


LOOPS_FOR_EVER = '"""It waits for something that never comes."""\nwhile True:\n    pass\n'
ENDS_THE_PROCESS = '"""It ends the process that runs it."""\nimport os\nos._exit(1)\n'
UNSTABLE = '''
"""Right for square arrays alone, in every way that can be seen here."""


def center_rows(x):
    return x - x.mean(axis=1, keepdims=True) * (x.shape[0] == x.shape[1])
'''
NEARLY = '''
"""The result is a hair too small, by far less than a careful grader lets pass."""


def center_rows(x):
    return (x - x.mean(axis=1, keepdims=True)) * (1 - 2e-7)
'''
SLIGHTLY = NEARLY.replace("2e-7", "2e-6")


@pytest.mark.parametrize(
    ("file", "text", "step", "complaint"),
    [
        (f"problems/{ID}/hints.md", None, "files", "hints.md is missing"),
        (
            SECOND,
            None,
            "files",
            f"{SECOND} is missing",
        ),
        (f"solutions/{ID}/accepted/another_way.py", None, "files", "has no .py file"),
        (f"solutions/{ID}/wrong_answer/notes.txt", "x", "files", "is out of place"),
        (f"solutions/{ID}/wrong_answers/x.py", WRONG, "files", "is out of place"),
        (f"problems/{ID}/answer.npz", "x", "files", "is out of place"),
        (f"solutions/{ID}/accepted/b.py", "x = 1", "files", "needs a docstring"),
        (f"solutions/{ID}/accepted/b.py", '"""No full stop here"""', "files", "full stop"),
        (f"problems/{ID}/problem.py", "x = 1", "course", "does not define `PROBLEM"),
        (f"problems/{ID}/problem.py", "1 / 0", "course", "ZeroDivisionError"),
        (
            f"problems/{ID}/problem.py",
            PROBLEM.replace("yield Case", "raise KeyError('oh')\n        yield Case"),
            "course",
            "With seed 0: 'oh'",
        ),
        (f"solutions/{ID}/reference.py", "def f(x): return x", "course", "defines no `center_ro"),
        (f"solutions/{ID}/reference.py", WRONG, "independent solution", "One of the two is wrong"),
        (
            SECOND,
            "def center_rows(x): 1 / 0",
            "course",
            "ZeroDivisionError",
        ),
        (
            SECOND,
            "def center_rows(x): return x.T",
            "independent solution",
            "the independent solution's (",
        ),
        (
            SECOND,
            "def center(x): return x",
            "course",
            "defines no `center_rows`",
        ),
        (
            f"problems/{ID}/README.md",
            STATEMENT.replace("-1, 1", "-1, 2"),
            "worked example",
            "Stated are",
        ),
        (f"problems/{ID}/README.md", "# Nothing", "worked example", "and has 0"),
        (
            f"problems/{ID}/README.md",
            STATEMENT.replace("expected", "exspected"),
            "worked example",
            "must set `arguments` and `expected`",
        ),
        (f"problems/{ID}/stub.py", REFERENCE, "stub", "must be refused as not started"),
        (
            f"problems/{ID}/problem.py",
            PROBLEM.replace("    draw=draw,", "    draw=draw,\n    tolerance_factor=1e9,"),
            "made-up answers",
            "An answer of zeros would be accepted",
        ),
        (f"solutions/{ID}/accepted/b.py", UNSTABLE, "right ways", "accepted/b.py: wrong answer"),
        (f"solutions/{ID}/accepted/b.py", ENDS_THE_PROCESS, "right ways", "run-time error"),
        (
            f"solutions/{ID}/wrong_answer/b.py",
            CENTERS_ROWS,
            "mistakes",
            "b.py: accepted with seed 0",
        ),
        (f"solutions/{ID}/wrong_answer/b.py", NEARLY, "mistakes", "b.py: accepted with seed 0"),
        (f"solutions/{ID}/wrong_answer/b.py", SLIGHTLY, "tolerance", "times beyond the tolerance"),
        (f"solutions/{ID}/wrong_answer/b.py", LOOPS_FOR_EVER, "mistakes", "time limit exceeded"),
        (f"solutions/{ID}/wrong_answer/b.py", STUB, "files", "docstring"),
        (f"solutions/{ID}/run_time_error/b.py", WRONG, "other failures", "wrong answer with seed"),
        (f"solutions/{ID}/accepted/b.py", SLIGHTLY, "right ways", "wrong answer with seed 0"),
    ],
)
def test_each_fault_is_found_and_named(
    course: Path, file: str, text: str | None, step: str, complaint: str
) -> None:
    if text is None:
        (course / file).unlink()
    else:
        write(course, file, text)
    if text is LOOPS_FOR_EVER:  # thirty seconds are not needed to see it
        fast = PROBLEM.replace("case_seconds=2", "import_seconds=1")
        write(course, f"problems/{ID}/problem.py", fast)
    last = steps(course, seeds=1, whole=1)[-1]
    assert last.name == step, last
    assert any(complaint in text for text in last.complaints), last.complaints


KEEPS_ITS_FIRST_ROWS = '''
"""It keeps the means of the first array that it ever saw, and fails on the next one."""
first = []


def center_rows(x):
    first.append(x)
    return x - first[0].mean(axis=1, keepdims=True)
'''
ENDS_IN_A_CALL = '''
"""It ends the process that runs it, on wide arrays."""
import os


def center_rows(x):
    if x.shape[1] > x.shape[0]:
        os._exit(1)
    return x - x.mean(axis=1, keepdims=True)
'''
FAILS_AT_IMPORT = ENDS_THE_PROCESS.replace("os._exit(1)", "raise ValueError")


def test_what_is_said_to_be_affine_must_be(course: Path) -> None:
    declared = "    draw=draw,\n    affine_in=('x',),\n    probe=lambda: next(draw(RNG, RNG)),"
    problem = PROBLEM.replace("    draw=draw,", declared)
    problem = problem.replace("PROBLEM =", "RNG = np.random.default_rng(0)\nPROBLEM =")
    write(course, f"problems/{ID}/problem.py", problem)
    assert steps(course)[2].found == "the right answer is, in x"
    write(course, f"solutions/{ID}/reference.py", REFERENCE.replace("return x", "return x**2"))
    last = steps(course)[-1]
    assert last.name == "affine"
    assert "is not twice as much if all of `x` is doubled" in last.complaints[0]


def test_no_failure_depends_on_the_run_before(course: Path) -> None:
    # A worker or a module that lived on would give the second run wrong numbers, not an error.
    write(course, f"solutions/{ID}/run_time_error/kept.py", KEEPS_ITS_FIRST_ROWS)
    write(course, f"solutions/{ID}/run_time_error/ends.py", ENDS_IN_A_CALL)
    write(course, f"solutions/{ID}/run_time_error/import.py", FAILS_AT_IMPORT)
    found = steps(course, seeds=3, whole=1)
    assert not [step for step in found if step.complaints]
    # Three runs, three runs, and one, because the cases have no part in it.
    (failures,) = (step for step in found if step.name == "other failures")
    assert failures.found.startswith("3 files, tried 7 times")
    matrix = found[-1].matrix
    assert matrix is not None
    assert matrix.rates["run_time_error/kept.py"] == {"square": 0, "wide": 1}
    assert matrix.rates["run_time_error/ends.py"] == {"square": 0, "wide": 1}
    assert matrix.rates["run_time_error/import.py"] == {"square": 1, "wide": 1}


def test_a_failure_of_one_problem_leaves_workers_to_the_next(course: Path) -> None:
    # The reference fails in a run that only the trials come to, while workers are at work.
    entry = load_course(course).get(ID)
    widths = [draw_cases(entry, seed)[1].arguments[0].shape[1] for seed in range(20)]
    late = next(width for width in widths if width not in widths[:2])
    broken = f"def center_rows(x):\n    assert x.shape[1] != {late}\n"
    broken += "    return x - x.mean(axis=1, keepdims=True)\n"
    sound = steps(course, seeds=1)
    write(course, f"solutions/{ID}/reference.py", broken)
    write(course, f"solutions/{ID}/run_time_error/ends.py", ENDS_IN_A_CALL)
    last = steps(course, seeds=widths.index(late) + 1, whole=0)[-1]
    assert "AssertionError" in last.complaints[0]
    write(course, f"solutions/{ID}/reference.py", REFERENCE)
    (course / f"solutions/{ID}/run_time_error/ends.py").unlink()
    assert [step.name for step in steps(course, seeds=1)] == [step.name for step in sound]


@pytest.mark.sweep
def test_the_command_says_what_is_wrong_and_with_which_status(course: Path) -> None:
    done = run("verify", "nothing_here", "--course", course)
    assert (done.returncode, done.stderr) == (
        2,
        f"There is no problem `nothing_here`. Problems here: {ID}.\n",
    )
    for nothing in ("0", "5-4", "-1", "3-", "1-2-3"):
        assert run("verify", "--course", course, f"--seeds={nothing}").returncode == 2
    write(course, "problems/broken/problem.py", "1 / 0")
    done = run("verify", "--course", course, "--seeds", "7-8")
    assert done.returncode == 1
    assert "broken is not sound yet" in done.stdout
    assert f"{ID} is sound." in done.stdout


def test_a_problem_that_does_not_load_leaves_the_others_graded(course: Path) -> None:
    write(course, "problems/broken/problem.py", "1 / 0")
    write(course, f"class/ada/{ID}.py", CENTERS_ROWS)
    done = run("grade", course / "class", "--course", course)
    assert done.returncode == 3
    assert "Judge error, nothing is graded for broken" in done.stderr
    assert "3/3" in done.stdout
