"""The line of the student's own file that a report marks: as the worker claims, if it fits."""

from __future__ import annotations

import pytest
from support.course import Grade
from support.sources import CALL, RIGHT, notebook

from grader.common.verdict import Verdict
from grader.report.report import Report

CONVOLVES = "import numpy as np\n" + CALL + "return np.convolve([1.0], [1.0])"
FORGED = CALL + (
    "import os; from grader.worker import frames\n"
    "    claim = frames.Raised('call', 'E', '', 'line 1', {line!r}, {cell}, {number})\n"
    "    for number in range(3, 30):\n"
    "        try: os.write(number, frames.pack_raised(claim))\n"
    "        except OSError: pass\n"
    "    import time; time.sleep(60)"
)


def marked(report: Report) -> str | None:
    """The text of the line."""
    return report.line and report.code.split("\n")[report.line - 1].strip()


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (RIGHT, None),
        ("\n" + CALL + "return x.nope", "return x.nope"),
        ("def helper(x):\n    1 / 0\n" + CALL + "helper(x)", "1 / 0"),
        ("x = 1\nimport not_there\n" + CALL + "return not_there.f(x)", "import not_there"),
        ("x = 1\ny = (\n", "y = ("),
        (CALL + "raise NotImplementedError", "raise NotImplementedError"),
        (CONVOLVES, "return np.convolve([1.0], [1.0])"),
        (CALL + "return 1", None),
        (CALL + "exec('1 / 0')", "exec('1 / 0')"),
        ("# %%\nx = 1\n# %%\n!ls\n" + CALL + "return x.nope", "return x.nope"),
    ],
)
def test_the_line_that_failed_is_marked(source: str, line: str | None, grade: Grade) -> None:
    report = grade(source)
    assert report.code == source.rstrip("\n")
    assert marked(report) == line


def test_the_line_in_a_cell(grade: Grade) -> None:
    cells = notebook("%matplotlib inline\nx = 1", ("markdown", "y"), "z = 1\n" + CALL + "1 / 0")
    report = grade(cells, suffix=".ipynb")
    assert report.code.startswith("# cell 1\n%matplotlib inline\nx = 1\n# cell 2\nz = 1\ndef ")
    assert (report.line, marked(report)) == (7, "1 / 0")
    broken = grade(notebook("x = 1", "def f(:"), suffix=".ipynb")
    assert (broken.line, marked(broken)) == (4, "def f(:")


@pytest.mark.parametrize(
    ("line", "cell", "number", "marks"),
    [
        ("", 0, 2, "import os; from grader.worker import frames"),
        ("not there", 0, 2, None),
        ("", 0, 99, None),
        ("", 1, 2, None),
        ("", 0, -2, None),
        ("", 0, 10**9, None),
    ],
)
def test_a_forged_line_counts_only_if_it_is_there(
    line: str, cell: int, number: int, marks: str | None, grade: Grade
) -> None:
    report = grade(FORGED.format(line=line, cell=cell, number=number))
    assert report.verdict is Verdict.RUN_TIME_ERROR
    assert marked(report) == marks


def test_a_line_of_another_file_is_not_marked(grade: Grade) -> None:
    source = "from helper import f\n\n" + CALL + "return f(x)"
    report = grade(source, modules={"helper.py": "\n\ndef f(x): return x.nope"})
    assert "at helper.py, line 3" in report.message
    assert report.line is None
