"""Text to statements, without running any: each form of code that students hand in."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples

from grader.worker.cells import unwrap
from grader.worker.scripts import COLAB, read_script
from grader.worker.source import SubmissionError


def statements(text: str | bytes) -> list[str]:
    source = read_script(text.encode() if isinstance(text, str) else text)
    nodes = [node for piece in source.pieces for node in piece.tree.body]
    return [f"{node.lineno}: {ast.unparse(node)}" for node in nodes]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1\ny = 2", ["1: x = 1", "2: y = 2"]),
        ("!ls\nx = 1", ["1: get_ipython().system('ls')", "2: x = 1"]),
        ("# %%\n%%time\nx = 1\n# %%\n%%bash\nls", ["3: x = 1"]),
        ("# In[1]:\nx = 1\n# In[ ]:\nawait x", ["2: x = 1", "4: await x"]),
        (f"{COLAB}\n# %%time\n# x = 1\n#\n# y = 2\nz = 3", ["3: x = 1", "5: y = 2", "6: z = 3"]),
        (
            f"{COLAB}\nx = 1\n# %run a.py",
            ["2: x = 1", "3: get_ipython().run_line_magic('run', 'a.py')"],
        ),
        ("# Databricks notebook source\n# MAGIC %md x\n# COMMAND ----------\ny = 1", ["4: y = 1"]),
        (
            "app = marimo.App()\n@app.cell\ndef _(a):\n    _b = a\n    return\n"
            "@app.cell\ndef _():\n    _b = a = 1\n    return a,",
            ["8: _b_of_line_7 = a = 1", "4: _b_of_line_3 = a"],
        ),
        ("# coding: latin-1\rx = 'é'\r".encode("latin-1"), ["2: x = 'é'"]),
        ("\ufeffx = 1\r\ny = 2".encode("utf-16-le"), ["1: x = 1", "2: y = 2"]),
    ],
)
def test_each_form_becomes_the_same_statements(text: str | bytes, expected: list[str]) -> None:
    assert statements(text) == expected


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%%time\nx", "\nx"),
        ("\n# a\n%%capture out\n%%time\nx", "\n\n\n\nx\nout = get_ipython().captured()"),
        ("%%bash\nx", ""),
        ("%%timeit -n 1\nx", "get_ipython().run_cell_magic('timeit', '-n 1', 'x')"),
        ("x\n%%time", "x\n%%time"),
    ],
)
def test_cell_magics_are_unwrapped(cell: str, python: str) -> None:
    assert unwrap(cell) == (python, [])


def test_text_between_cells_is_no_code_that_is_broken() -> None:
    text = b"#%%\nx = 1\n#%% md\n# A title\nIt isn't code\n#%% raw\n{\n#%%\ny = 2"
    assert statements(text) == ["2: x = 1", "9: y = 2"]
    assert not read_script(text).broken


def test_each_line_in_a_message_is_one_of_the_file() -> None:
    (broken,) = read_script(b"# %%\nx = 1\n# %%\ny = (1,\n2]").broken
    assert broken.message.endswith("parenthesis '(' on line 4")
    assert broken.where == "line 5"


PARTS = st.sampled_from(
    [
        *("# %%", "%%time", "%%writefile a.py", "%%timeit", "# COMMAND ----------", "# MAGIC %md"),
        *("# Databricks notebook source", COLAB, "# %%time", "# x = 1", "#", "app = marimo.App()"),
        *("@app.cell", "def _(a):", "    return a,", "with app.setup:", "    _b = 1", "!ls", "x?"),
        *("from __future__ import annotations", "from . import a, b", '"""', "# In[1]:", "x = 1"),
    ]
)


@given(st.lists(PARTS | st.text(max_size=8), max_size=12).map("\n".join))
@examples(300)
def test_any_text_becomes_statements_or_one_error(text: str) -> None:
    try:
        found = statements(text.encode("utf-8", "surrogatepass"))
    except SubmissionError as error:
        found = [error.raised.message]
    assert all(found)
