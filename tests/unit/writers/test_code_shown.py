"""The text of a function in a student's code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.writers.code_shown import MOST_LINES, function_text

BODY = "def f(x):\n    y = x\n\n    return y"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (BODY, BODY),
        (f"import a\n\n{BODY}\n\n\nprint(f(1))", BODY),
        (f"{BODY}\n# cell 2\nf(1)", BODY),
        (f"def f(x): return 0\n{BODY}", BODY),
        (f"@jit\n{BODY}", f"@jit\n{BODY}"),
        (
            f"@app.cell\ndef _():\n    {BODY.replace(chr(10), chr(10) + 4 * ' ')}\n    return f",
            BODY,
        ),
        ("def f(\n    x,\n):\n    return x\ny = 1", "def f(\n    x,\n):\n    return x"),
        ("async def f(x):\n\treturn x", "async def f(x):\n        return x"),
        ("def ff(x): return x\nf(1)", ""),
        ("", ""),
    ],
)
def test_the_function_and_nothing_else(code: str, text: str) -> None:
    assert function_text(code, "f") == text


def test_a_long_one_is_cut() -> None:
    text = function_text("def f(x):\n" + 99 * "    x += 1\n", "f").split("\n")
    assert len(text) == MOST_LINES
    assert text[-1] == "…"


@given(st.text(st.sampled_from("def f(x):\n\t @)#1")))
def test_any_text_gives_some(code: str) -> None:
    assert len(function_text(code, "f").split("\n")) <= MOST_LINES
