"""Random bytes at each reader of what students send: no crash, no hang, nothing taken on trust."""

from __future__ import annotations

import dataclasses
import json
import math
import shlex
import tempfile
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.course import ELEMENTS, square
from support.fuzzing import examples
from support.submissions import both

from grader.course import Limits
from grader.judging.judge import judge
from grader.judging.outcome import Answer, Outcome
from grader.report.report import Report, case_report
from grader.report.report_json import from_json, to_json
from grader.sandbox.session import Session
from grader.submissions import Code
from grader.submissions.student_files import bare_name, is_code
from grader.worker import frames
from grader.worker.notebook import read_notebook
from grader.worker.scripts import read_script
from grader.worker.source import Piece, Source, SubmissionError

# --- the channel ----------------------------------------------------------------------------------


class Says:
    """Stands for a sandbox: its workers say what they were told to, and then stay or go."""

    name = "says"
    confines = False
    environment: Mapping[str, str] = MappingProxyType({})
    reports_signals_as_a_shell = False

    def __init__(self, script: str):
        self._script = script

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        return ["/bin/sh", "-c", self._script]

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        return {}


SIZES = st.integers(0, 2**64 - 1) | st.integers(0, 100) | st.just(ELEMENTS)
NUMBERS = st.binary(max_size=40) | st.just(bytes(4 * ELEMENTS))
ARRAYS = st.builds(
    lambda code, axes, sizes, name: frames.ARRAY.pack(code, axes, *sizes, name),
    st.integers(0, 2),
    st.integers(0, 255) | st.just(1),
    st.lists(SIZES, min_size=frames.MAX_AXES, max_size=frames.MAX_AXES),
    st.binary(max_size=24),
)
TEXTS = st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass"))
FRAMES = st.builds(frames.pack, st.sampled_from(frames.FrameKind), TEXTS | NUMBERS | ARRAYS)
HEADERS = st.builds(
    lambda kind, size: frames.HEADER.pack(frames.MAGIC, kind, size), st.integers(0, 255), SIZES
)
SPEECH = st.lists(FRAMES | HEADERS | NUMBERS | st.binary(max_size=60), max_size=5).map(b"".join)
# What an honest worker says first, so that the rest is heard by the later readers too.
BEFORE = [b"", frames.pack(frames.FrameKind.LOADED)]


def is_harmless(outcome: Outcome) -> bool:
    """An outcome that can be judged, told in one visible line, and written as JSON."""
    judgement = judge(square().entry.problem, square().cases[0], square().expected[0], outcome)
    assert judgement.message.isprintable()
    assert judgement.verdict is not judgement.verdict.JUDGE_ERROR
    result = case_report(square().cases[0], judgement)
    report = Report(
        *("sam", "sam.py", "p", "v", judgement.verdict, judgement.kind, 1),
        *(judgement.message, "says"),
        cases=(result,),
    )
    written = to_json(report)
    assert to_json(from_json(written, Report)) == written
    return True


@given(st.sampled_from(BEFORE), SPEECH, st.booleans())
@examples(150)
def test_whatever_a_worker_says_becomes_an_outcome(
    before: bytes, speech: bytes, stays: bool
) -> None:
    limits = Limits(import_seconds=0.15, case_seconds=0.15)
    problem = dataclasses.replace(square().entry.problem, limits=limits)
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(before + speech)
        script = f"cat {shlex.quote(file.name)}" + ("; exec sleep 60" if stays else "")
        with Session(Says(script), problem) as session:
            failure = session.load(Code(b""))
            if failure is not None:
                assert is_harmless(failure)
                return
            outcome = session.ask(square().cases[0], ELEMENTS)
            assert is_harmless(outcome)
            if isinstance(outcome, Answer) and outcome.values is not None:
                assert outcome.values.size == ELEMENTS == math.prod(outcome.shape)


@given(SIZES.filter(lambda size: size > 2**20), st.sampled_from(frames.FrameKind))
@examples(30)
def test_no_memory_is_taken_on_a_worker_s_word(size: int, kind: frames.FrameKind) -> None:
    header = frames.HEADER.pack(frames.MAGIC, kind, size)
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(header)
        script = f"cat {shlex.quote(file.name)}; exec sleep 60"
        limits = Limits(import_seconds=0.15)
        problem = dataclasses.replace(square().entry.problem, limits=limits)
        tracemalloc.start()
        with Session(Says(script), problem) as session:
            assert session.load(Code(b"")) is not None
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 2**21


# --- sources and notebooks ------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *"def class as import = : ( ) [ ] { } lambda await yield async % ! ? ?? # ''' \"".split(),
        *"%% %%time %%bash %cd !ls %timeit 0x 1e999 f'{ @ -> ... := match case _ é".split(),
        *("\n", "\t", "\f", "\r", "\0", "\\", "\x1a", "\ufeff", "\n    "),
    ]
)
SOURCE = st.lists(WORDS | st.text(max_size=5), max_size=30).map(" ".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | SOURCE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
CELL = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | JSON,
        "source": SOURCE | st.lists(SOURCE, max_size=3) | JSON,
        "input": SOURCE | JSON,
        "metadata": st.just({}) | JSON,
        "outputs": st.just([]) | JSON,
        "execution_count": st.none() | JSON,
        "id": st.text(max_size=8) | JSON,
    },
)
CELLS = st.lists(CELL, max_size=4) | JSON
NOTEBOOK = st.fixed_dictionaries(
    {},
    optional={
        "nbformat": st.sampled_from([4, 3, 2, 1, 0, 5, 4.5, "4"]) | JSON,
        "nbformat_minor": st.sampled_from([0, 4, 5, 99]) | JSON,
        "metadata": st.just({}) | JSON,
        "cells": CELLS,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": CELLS}), max_size=2) | JSON,
    },
)


@given(st.binary(max_size=300) | SOURCE.map(lambda text: text.encode("utf-8", "surrogatepass")))
@examples(300)
def test_any_bytes_are_python_or_a_source_error(data: bytes) -> None:
    try:
        source, said = read_script(data), "nothing"
    except SubmissionError as error:
        source, said = Source(), error.raised.message
    assert said
    assert all(isinstance(piece, Piece) for piece in source.pieces)


@given(
    NOTEBOOK.map(lambda notebook: json.dumps(notebook).encode())
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=300)
)
@examples(300)
def test_any_bytes_are_a_notebook_or_a_source_error(data: bytes) -> None:
    try:
        source = read_notebook(data)
    except SubmissionError as error:
        source = Source(broken=[dataclasses.replace(error.raised, where="cell ")])
    assert all(isinstance(piece, Piece) for piece in source.pieces)
    assert all(raised.message and raised.where.startswith("cell ") for raised in source.broken)


# --- folders --------------------------------------------------------------------------------------

NAME = st.sampled_from(
    [
        *("patch_embed_cls", "vit_patch_embed", "solution", "Untitled (1)", "ünï", "-x", "~"),
        *(".hidden", "__pycache__", "venv", "a b", "\n", "%s", "'", "CON"),
    ]
)
SUFFIX = st.sampled_from(["", ".py", ".ipynb", ".PY", ".txt", ".py.txt", ".zip"])
DEFINES = st.sampled_from(
    [b"", b"def patch_embed_cls():", b"patch_embed_forward = 1", b"\xff\0" * 9, b"x" * 2**12]
)
FILE = st.tuples(NAME, SUFFIX).map("".join)
TREE = st.recursive(
    st.dictionaries(FILE, DEFINES, max_size=3),
    lambda inner: st.dictionaries(FILE, DEFINES | inner, max_size=3),
    max_leaves=6,
)


def plant(folder: Path, tree: dict[str, Any]) -> None:
    for name, what in tree.items():
        if isinstance(what, bytes):
            (folder / name).write_bytes(what)
        else:
            (folder / name).mkdir()
            plant(folder / name, what)


@given(TREE)
@examples(150)
def test_in_any_folder_nobody_is_lost(tree: dict[str, Any]) -> None:
    """Each file and folder of the class leads to a submission or to a word on why it doesn't."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plant(folder, tree)
        submissions, others = both([folder])
        named = {path for item in others for path in (item.path, *item.path.parents)}
        named |= {path for s in submissions for path in (s.path, *s.path.parents)}
        passed_over = {"__pycache__", "__MACOSX"}
        students = {s.student for s in submissions}
        one_student_s = students == {folder.name} or (not students and folder in named)
        for top in folder.iterdir():
            if one_student_s and top.is_dir():
                continue
            if top.name in passed_over:
                continue
            same = {path for path in named if bare_name(path.name) == bare_name(top.name)}
            assert top in named or same or (is_code(top) and folder in named)
        for submission in submissions:
            assert isinstance(submission.read().file, bytes)
        assert len({(s.student, s.problem_id, s.path) for s in submissions}) == len(submissions)


@given(st.binary(max_size=400), st.integers(0, 3))
@examples(200)
def test_an_answer_of_any_bytes_is_judged(data: bytes, axes: int) -> None:
    """NaN, infinities and denormals of any kind: a verdict, a visible line, and never accepted."""
    values = np.resize(np.frombuffer(data.ljust(4, b"\0")[: len(data) // 4 * 4 or 4], "<f4"), 90)
    values = np.resize(values, ELEMENTS)
    shape = (1,) * axes + (ELEMENTS,)
    answer = Answer(shape, "float32", ELEMENTS, values)
    assert is_harmless(answer)
    assert (
        judge(square().entry.problem, square().cases[0], square().expected[0], answer).verdict
        == "wrong_answer"
    )
