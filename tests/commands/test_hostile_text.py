"""Names, prints and messages of students: each is shown as text and does nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path

from support.command import CourseOption, graded, run, student
from support.small_course import MOST
from support.sources import CALL, RIGHT


def test_odd_names_and_bad_files_lose_nothing(small: CourseOption, tmp_path: Path) -> None:
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
    document = graded(tmp_path, *small, folder, "--problem", "patch_embed_cls")
    verdicts = {report["student"]: report["verdict"] for report in document["reports"]}
    assert dict.fromkeys(odd, "accepted").items() <= verdicts.items()
    others = {"broken", "binary", "huge", "linked"}
    assert {name: verdicts[name] for name in others} == dict.fromkeys(others, "run_time_error")
    assert [Path(item["path"]).name for item in document["not_understood"]] == ["empty"]


def test_a_name_writes_no_line_of_its_own(small: CourseOption, tmp_path: Path) -> None:
    """Not in the table, not among what is not graded, not in what is said of our own failures."""
    forged = "eve\nada  patch_embed_cls  accepted  20/20"
    student(tmp_path / "class", forged, RIGHT)
    (tmp_path / "class" / f"{forged} too").mkdir()
    (tmp_path / "none" / forged).mkdir(parents=True)
    for folder in ("class", "none"):
        done = run("grade", *small, tmp_path / folder)
        lines = [*done.stdout.splitlines(), *done.stderr.splitlines()]
        assert not [line for line in lines if line.startswith("ada")]


def test_names_that_look_alike_are_told_apart(small: CourseOption, tmp_path: Path) -> None:
    long = "Introduction_to_Deep_Learning_2026_Smith_"
    names = ["ada\u2800", "ada ", " ", "\u3164", f"{long}Ada", f"{long}Bea", "é", "e\u0301"]
    for name in names:
        student(tmp_path / "class", name, "x = 1")
    done = run("grade", *small, tmp_path / "class", "--problem", "patch_embed_cls")
    rows = [
        line for line in done.stdout.splitlines() if line.endswith(" s") and f"0/{MOST}" in line
    ]
    shown = [row.partition("  patch_embed_cls")[0].strip() for row in rows]
    assert len(set(shown)) == len(names)
    assert all(shown)


def test_bytes_that_are_no_text_become_no_broken_json(small: CourseOption, tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "class") + b"/ad\xff"
    os.makedirs(folder)
    with open(folder + b"/patch_embed_cls.py", "w") as file:
        file.write("x = 1")
    (report,) = graded(tmp_path, *small, tmp_path / "class")["reports"]
    assert report["student"] == r"ad\udcff"
    report["submission"].encode()


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


def test_talk_is_shown_as_it_is_and_does_nothing(small: CourseOption, tmp_path: Path) -> None:
    for channel, source in TALK.items():
        student(tmp_path / "class", f"py {channel}", source)
        cells = [
            {"cell_type": "code", "metadata": {}, "source": text, "outputs": []}
            for text in (f"raise ValueError({ALL!r})", source)
        ]
        text = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells})
        student(tmp_path / "class", f"nb {channel}", text, "patch_embed_cls.ipynb")
    done = run("grade", *small, tmp_path / "class", "--json", tmp_path / "report.json")
    file = (tmp_path / "report.json").read_text()
    document = json.loads(file)
    for text in (done.stdout, done.stderr, file):
        assert {char for char in text if not char.isprintable()} <= {"\n"}
    assert file.isascii()
    # What was said is kept, letter by letter: shown, not obeyed.
    by_name = {report["student"]: report for report in document["reports"]}
    assert by_name["py print"]["output"].startswith(ALL.splitlines(keepends=True)[0])
    assert PAYLOADS["markup"] in done.stdout
    assert PAYLOADS["html"] in done.stdout


def test_a_name_moves_no_cursor(small: CourseOption, tmp_path: Path) -> None:
    student(tmp_path / "class", "\x1b[2J\x1b[1Aevil\u202e", RIGHT)
    done = run("grade", *small, tmp_path / "class")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "\\x1b[2J" in done.stdout
