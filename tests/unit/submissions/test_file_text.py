"""The text of a file as it is shown, and the line that a worker means."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submissions.file_text import LONGEST, read_text
from grader.worker.frames import Raised, Use

SCRIPT = "import numpy as np\n\ndef f(x):\n    return x.nope\n"


def cells(*texts: str | list[str], **more: object) -> bytes:
    made = [{"cell_type": "code", "source": text, "outputs": [], **more} for text in texts]
    between = [{"cell_type": "markdown", "source": "# words"}, *made]
    return json.dumps({"cells": between, "nbformat": 4, "metadata": {}}).encode()


def at(number: int, line: str = "", cell: int = 0) -> Raised:
    return Raised("call", "E", "", "", line, cell, number)


def test_a_script_stays_as_it_is() -> None:
    text = read_text(SCRIPT.encode(), notebook=False)
    assert text.text == SCRIPT.rstrip("\n")
    assert text.line_at(at(4, "return x.nope")) == 4
    assert text.line_at(Use("np.convolve", "line 4", "return x.nope", 0, 4)) == 4
    assert text.line_at(at(4)) == 4  # its text is not always known


@pytest.mark.parametrize(
    "claim",
    [None, at(0), at(5), at(3, "return x.nope"), at(4, "return 1"), at(4, "return x.nope", cell=1)],
)
def test_a_claim_that_does_not_fit_is_none(claim: Raised | None) -> None:
    assert read_text(SCRIPT.encode(), notebook=False).line_at(claim) is None


def test_backslashes_and_line_ends_are_those_that_python_sees() -> None:
    data = b'\xef\xbb\xbfa = "\\n"\r\nb = 1\rc = "\x0c\xe2\x80\xa8"\nd = 4'
    text = read_text(data, notebook=False)
    assert text.text == 'a = "\\n"\nb = 1\nc = "\x0c\u2028"\nd = 4'
    assert text.line_at(at(4, "d = 4")) == 4


def test_cells_keep_their_numbers() -> None:
    text = read_text(cells("a = 1\n", ["def f(x):\n", "    return x.nope"]), notebook=True)
    assert text.text == "# cell 1\na = 1\n# cell 2\ndef f(x):\n    return x.nope"
    assert text.line_at(at(2, "return x.nope", cell=2)) == 5
    assert text.line_at(at(1, "a = 1", cell=1)) == 2
    assert text.line_at(at(2, "return x.nope")) is None


def test_what_is_no_notebook_is_shown_as_it_is() -> None:
    assert read_text(b'{"cells": 3}', notebook=True).text == '{"cells": 3}'


@pytest.mark.parametrize("notebook", [False, True])
def test_long_text_is_cut_and_says_so(notebook: bool) -> None:
    lines = [f"x = {n}" for n in range(5000)]
    data = cells(*lines) if notebook else "\n".join(lines).encode()
    text = read_text(data, notebook)
    assert len(text.text) < LONGEST + 100
    assert text.text.split("\n")[-1].endswith("more characters are not shown")
    assert text.line_at(at(1, "", 1) if notebook else at(2)) is not None
    last = text.count + 1  # the line that says so is not the student's
    assert text.line_at(at(1, "", text.count // 2 + 1) if notebook else at(last)) is None


@given(st.binary(max_size=200) | st.text(max_size=99).map(str.encode), st.booleans())
def test_any_bytes_are_text(data: bytes, notebook: bool) -> None:
    text = read_text(data, notebook)
    assert text.count >= 1
    assert text.line_at(at(text.count)) in (None, text.count)
