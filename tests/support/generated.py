"""Generated classes of any size: right, wrong, crashing, hanging, hostile, broken, empty, twice."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from support.course import ROOT

ID = "patch_embed_cls"
HEAD = f"def {ID}(x, w_proj, cls_token, pos_embed, patch_size):\n"
BANK = ROOT / "solutions" / ID
# They need no compiling, so that a large class is about grading and not about XLA.
RIGHT_FILES = [
    *("numpy_reshape_transpose_matmul", "einsum_over_six_axes", "swapaxes_step_by_step"),
    *("split_and_hstack", "callable_object", "type_annotations", "prints_for_debugging"),
]
WRONG = [
    *("height_and_width_swapped", "channels_reversed", "cls_token_missing", "divided_by_255"),
    *("cls_token_appended_last", "first_position_for_all_tokens", "features_before_tokens"),
]
CRASHES = [
    "raise ValueError(x.shape)",
    "import os; os._exit(3)",
    "import os; os.kill(os.getpid(), 11)",
    "return undefined",
    "return None",
]
ATTACKS = [
    "import os; os.fork()",
    "open('/etc/passwd').read()",
    "import socket; socket.create_connection(('127.0.0.1', 80))",
    "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
    "open('/tmp/mine', 'w').write('x')",
]
HANG = "while True: pass"
FLOOD = "print('x' * 2**21)"


def _bank(folder: str, names: list[str]) -> Callable[[random.Random], str]:
    return lambda choose: (BANK / folder / f"{choose.choice(names)}.py").read_text()


def _body(lines: list[str]) -> Callable[[random.Random], str]:
    return lambda choose: f"{HEAD}    {choose.choice(lines)}\n"


def _notebook(source: str) -> str:
    cell = {"cell_type": "code", "metadata": {}, "source": source, "outputs": []}
    cell["execution_count"] = None  # type: ignore[assignment]
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


# What it is, how many of 100, the verdict that it deserves, the file's name, and its text. A
# student of no text hands in nothing.
KINDS: list[tuple[str, int, str, str, Callable[[random.Random], str] | None]] = [
    ("right", 34, "accepted", f"{ID}.py", _bank("accepted", RIGHT_FILES)),
    ("wrong", 26, "wrong_answer", f"{ID}.py", _bank("wrong_answer", WRONG)),
    ("crashing", 10, "run_time_error", f"{ID}.py", _body(CRASHES)),
    ("hostile", 8, "run_time_error", f"{ID}.py", _body(ATTACKS)),
    (
        *("notebook", 6, "accepted", f"{ID}.ipynb"),
        lambda choose: _notebook(_bank("accepted", RIGHT_FILES)(choose)),
    ),
    ("renamed", 4, "accepted", "Untitled (1).py", _bank("accepted", RIGHT_FILES)),
    ("broken notebook", 4, "run_time_error", f"{ID}.ipynb", lambda choose: '{"cells": ['),
    ("empty file", 3, "run_time_error", f"{ID}.py", lambda choose: ""),
    ("flooding", 2, "output_limit_exceeded", f"{ID}.py", _body([FLOOD])),
    ("hanging", 1, "time_limit_exceeded", f"{ID}.py", _body([HANG])),
    ("nothing", 2, "", "", None),
]


def generate(folder: Path, count: int, seed: int = 0) -> dict[str, str]:
    """Writes the folders of so many students; the verdict that each deserves, "" for nothing.

    Of a hundred or more, each kind has its share. Some hand in what another has handed in.
    """
    choose = random.Random(seed)
    kinds = list(_spread(count))
    choose.shuffle(kinds)
    deserved = {}
    texts: dict[str, str] = {}
    for number, (kind, verdict, name, write) in enumerate(kinds):
        student = f"s{number:04} {kind}"
        (folder / student).mkdir(parents=True)
        deserved[student] = verdict
        if write is None:
            continue
        text = write(choose)
        if kind in texts and choose.random() < 0.2:
            text = texts[kind]  # copied
        texts[kind] = text
        (folder / student / name).write_text(text)
    return deserved


def _spread(
    count: int,
) -> Iterator[tuple[str, str, str, Callable[[random.Random], str] | None]]:
    """The kinds of so many students, in their shares."""
    left, total = count, 100
    for kind, share, verdict, name, write in KINDS:
        some = min(left, max(1, round(left * share / total))) if total else left
        left, total = left - some, total - share
        for _ in range(some):
            yield kind, verdict, name, write


def dask_workers(grader: int) -> list[psutil.Process]:
    """Those processes of a local Dask cluster that have a sandbox running just now."""
    found = []
    for child in psutil.Process(grader).children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it ended
            if "spawn_main" in " ".join(child.cmdline()) and child.children():
                found.append(child)
    return found
