"""Text of strangers: visible, on one line, and harmless wherever it is shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.common.text import (
    BEFORE_NOT_SHOWN,
    NOT_SHOWN,
    encodable,
    quote,
    quoted_list,
    shorten,
    shorten_start,
    visible,
    without_frames,
    without_machine,
)


@given(st.text())
def test_everything_shown_can_be_seen(text: str) -> None:
    assert all(char.isprintable() or char.isspace() for char in visible(text))
    assert "\x1b" not in visible(text)


@given(st.text(), st.integers(1, 100))
def test_a_quote_is_one_short_printable_line(text: str, limit: int) -> None:
    line = quote(text, limit)
    assert len(line) <= limit
    assert line.isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcödé 漢字 🙂", "plain ünïcödé 漢字 🙂"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("abc\u202edef", "abc\\u202edef"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("half\udc80", "half\\udc80"),
        ("\u3164", "\\u3164"),
        ("ada\u2800\ufe0f", "ada\\u2800\\ufe0f"),
        ("e\u0301\u0301", "e\u0301\u0301"),
        ("e" + 9 * "\u0489", "e" + 3 * "\u0489" + 6 * "\\u0489"),
        ("two\nlines\tand  spaces", "two lines and spaces"),
    ],
)
def test_examples(text: str, shown: str) -> None:
    assert quote(text) == shown


def test_names_in_a_list_keep_their_commas() -> None:
    assert quoted_list(["Ek, Bo", 'Cy "C" Young', "two\nlines"]) == (
        '"Ek, Bo", "Cy \\"C\\" Young", "two lines"'
    )
    assert quoted_list(map(str, range(12)), most=2) == '"0", "1" and 10 more'
    assert quoted_list([]) == ""


def test_kept_characters_are_kept() -> None:
    assert visible("a\nb\x07", keep="\n") == "a\nb\\x07"


def test_nothing_of_the_machine_or_the_run_is_left() -> None:
    folders = ["/opt/py", "/opt/py/lib/site", "", "/"]
    text = "<f at 0x7f00deadbeef> (/opt/py/lib/site/a.py) '/opt/py/b' /opt/pypy /data/x 0x1f"
    assert without_machine(text, folders) == "<f at 0x…> (…/a.py) '…/b' /opt/pypy /data/x 0x1f"


FLOOD = st.sampled_from(("\0", "\x1b", "\n", "é", "多", "🙂", "\udc80", '"', "a"))


@given(
    st.text(max_size=60) | st.builds(str.__mul__, FLOOD, st.integers(0, 999)), st.integers(60, 200)
)
def test_a_short_text_is_short_as_json_and_says_what_is_cut(text: str, most: int) -> None:
    beginning, end = shorten(text, most), shorten_start(text, most)
    for short in (beginning, end):
        assert len(json.dumps(encodable(short))) - 2 <= most
    if len(json.dumps(encodable(text))) - 2 <= most:
        assert beginning == end == text
    else:
        assert beginning.endswith(NOT_SHOWN)
        assert text.startswith(beginning.removesuffix(NOT_SHOWN))
        assert end.startswith(BEFORE_NOT_SHOWN)
        assert text.endswith(end.removeprefix(BEFORE_NOT_SHOWN))
        assert len(json.dumps(encodable(beginning))) > most - 20  # no more is cut than needed
    assert (shorten(beginning, most), shorten_start(end, most)) == (beginning, end)


def test_lines_of_a_folder_s_files_are_left_out_of_tracebacks() -> None:
    traceback = """Exception Group Traceback (most recent call last):
  |   File "/w/grader/worker/run.py", line 3, in run
  |     exec(code)
  |     ~~~~^^^^^^
  |   File "<submission>", line 2, in f
  |     g()
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/w/a.py", line 9
    |   File "/elsewhere/b.py", line 9, in g
    |     1 / 0
"""
    left = """Exception Group Traceback (most recent call last):
  |   File "<submission>", line 2, in f
  |     g()
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/elsewhere/b.py", line 9, in g
    |     1 / 0
"""
    assert without_frames(traceback, "/w") == left
