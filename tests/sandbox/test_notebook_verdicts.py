"""Notebooks as submissions: what else is in them costs nothing, and a message names the cell."""

from __future__ import annotations

import pytest
from support.course import Grade
from support.sources import CALL, RIGHT, notebook
from support.verdicts import one

from grader.common.verdict import Verdict


@pytest.mark.parametrize(
    "cells",
    [
        [("markdown", "# def patch_embed_cls(: no code"), RIGHT],
        ["%matplotlib inline\n!pip install torch\n%load_ext autoreload", RIGHT],
        ["files = !ls\nwhere = %pwd\nget_ipython().system('ls')", RIGHT],
        ["%%bash\nrm -rf /", "%%writefile x.py\nsyntax error(", RIGHT],
        ["%%time\n" + RIGHT.strip()],
        ["import asyncio\nawait asyncio.sleep(0.001)\nready = 1", RIGHT + "\nassert ready"],
        ["1 / 0", "raise SystemExit", "def broken(:", RIGHT, "undefined_name", "input('?')"],
        ["def patch_embed_cls(x): return 'first try'", RIGHT],
        [RIGHT, "?patch_embed_cls", "patch_embed_cls??"],
        ["", "   ", "# only a comment", RIGHT],
        ["%%time\n!pip list\n%matplotlib inline\nawait __import__('asyncio').sleep(0)\n" + RIGHT],
        ["display(1, _)\n" + RIGHT],
        ["from __future__ import annotations", RIGHT.replace("(x,", "(x: Array,"), "1 + 1"],
        ["if __name__ == '__main__':\n" + RIGHT.replace("\n", "\n    ")],
        [
            "import asyncio\ntask = asyncio.ensure_future(asyncio.sleep(0, 7))",
            "await task\n" + RIGHT,
        ],
    ],
)
def test_what_a_notebook_holds_besides_the_function_costs_nothing(
    cells: list[str | tuple[str, str]], grade: Grade
) -> None:
    one(grade(notebook(*cells), suffix=".ipynb"), Verdict.ACCEPTED)


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (b"", ["not a Jupyter notebook"]),
        (b"{}", ["not a Jupyter notebook"]),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code"', ["not a Jupyter notebook"]),
        (b"\xff\xfe", ["not a Jupyter notebook"]),
        (b"[" * 100_000, ["not a Jupyter notebook"]),
        (notebook("def patch_embed_cls(:"), ["Python cannot read it at cell 1, line 1"]),
        (notebook("x = 1"), ["no function called `patch_embed_cls`"]),
        (notebook("1 / 0\n" + RIGHT), ["division by zero at cell 1, line 1: `1 / 0`"]),
        (notebook("a = 1", CALL + "return x[99]"), ["IndexError", "cell 2, line 2"]),
    ],
)
def test_a_broken_notebook_says_which_cell(data: bytes, parts: list[str], grade: Grade) -> None:
    message = one(grade(data, suffix=".ipynb"), Verdict.RUN_TIME_ERROR)
    for part in parts:
        assert part in message


def test_the_cell_that_failed_first_is_named_where_a_case_fails(grade: Grade) -> None:
    cells = notebook("1 / 0\nimport numpy as np", CALL + "return np.zeros(3)")
    report = grade(cells, suffix=".ipynb")
    assert "name 'np' is not defined" in one(report, Verdict.RUN_TIME_ERROR)
    assert "cell 1 failed when it was run: ZeroDivisionError" in report.notes[0]
    stale = grade(notebook(CALL + "return x", "def patch_embed_cls(:"), suffix=".ipynb")
    assert stale.notes[0].startswith("cell 2, line 1 is not Python")


def test_a_cell_goes_on_after_an_import_that_fails(grade: Grade) -> None:
    imports = "import not_there.pyplot as plt\nfrom not_there import (\n    thing,\n)\n"
    one(grade(notebook(imports + RIGHT), suffix=".ipynb"), Verdict.ACCEPTED)
    used = RIGHT.replace("    p = patch_size", "    p = patch_size; plt.plot()")
    unlucky = grade(notebook(imports + used), suffix=".ipynb")
    assert "name 'plt' is not defined" in one(unlucky, Verdict.RUN_TIME_ERROR)
    assert "cell 1 failed when it was run: ModuleNotFoundError" in unlucky.notes[0]
    raising = grade(notebook("import math\n1 / 0\n" + RIGHT), suffix=".ipynb")
    assert "ZeroDivisionError" in one(raising, Verdict.RUN_TIME_ERROR)


def test_a_script_made_from_a_notebook_is_fine(grade: Grade) -> None:
    one(grade("get_ipython().system('ls')\nprint(__file__)\n" + RIGHT), Verdict.ACCEPTED)
