"""Rules: a worker and `check` in a notebook say the same of a submission."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from support.course import ROOT, Grade, patch_embed_cls

from grader import check
from grader.course.catalogue import load_course
from grader.course.draw import draw_cases
from grader.oracle.practice import SEED
from grader.worker.scripts import read_script
from grader.worker.submission import load


def load_submission(source: str) -> Callable[..., Any]:
    parameters = patch_embed_cls().problem.parameters
    return load(read_script(source.encode()), "patch_embed_cls", parameters).function


BANK = ROOT / "solutions/patch_embed_cls"
SCRATCH = "print(np.convolve([1.0], [1.0]))\ndef idle(x): return np.convolve(x, x)\n"
RAISES = "right = patch_embed_cls\ndef patch_embed_cls(*a): return right(*a) + {}\n"


@pytest.fixture(autouse=True)
def _forget_the_submission() -> Iterator[None]:
    """Loading one leaves its module, as in a worker."""
    yield
    sys.modules.pop("submission", None)


def convolves() -> str:
    return (BANK / "rule_violation/numpy_convolve.py").read_text()


@pytest.mark.parametrize(
    ("file", "more", "uses"),
    [
        ("rule_violation/numpy_convolve.py", "", True),
        ("rule_violation/numpy_convolve.py", RAISES, True),
        ("accepted/numpy_reshape_transpose_matmul.py", SCRATCH, False),
    ],
)
def test_a_worker_and_check_say_the_same(
    file: str, more: str, uses: bool, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = f"{(BANK / file).read_text()}\n{more}"
    report = grade(source)
    monkeypatch.chdir(ROOT)
    checked = check(load_submission(source))
    assert checked.judgement.verdict == report.verdict
    assert checked.judgement.message == report.message
    if uses:
        assert report.message.startswith("It uses `numpy.convolve` at line 17: `out[image, token")
    else:
        assert report.verdict.value == "accepted"


def test_check_sees_what_a_notebook_traced_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    source = (BANK / "rule_violation/convolution_inside_jit.py").read_text()
    function = load_submission(source)
    function(*draw_cases(load_course(ROOT).get("patch_embed_cls"), SEED)[0].arguments)
    assert "It uses `conv_general_dilated` at line 11" in check(function).judgement.message


def test_check_sees_what_a_notebook_imported_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    source = "from numpy import convolve as conv\n" + convolves().replace("np.convolve(", "conv(")
    function = load_submission(source)
    for form in (function, partial(function)):
        answer = check(form, "patch_embed_cls")
        assert "It uses `numpy.convolve` at line 18" in answer.judgement.message
