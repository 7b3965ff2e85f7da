"""What a worker may say of a submission: what the rules list, and lines that are in its files."""

from __future__ import annotations

import pytest
from support.course import patch_embed_cls
from support.sources import notebook

from grader.course.problem import Rules
from grader.sandbox.claims import IN_A_CASE, WHILE_LOADED, Claims
from grader.submissions import Code
from grader.worker.frames import FrameError, Raised, Use

SCRIPT = b"import numpy as np\n\ndef f(x):\n    return np.convolve(x, x)\n"
LINE = "return np.convolve(x, x)"
HELPER = b"from scipy.signal import convolve2d\ndef g(x): return convolve2d(x, x)\n"
RULES = patch_embed_cls().problem.rules


def claims(data: bytes = SCRIPT, rules: Rules = RULES, notebook: bool = False) -> Claims:
    return Claims(Code(data, notebook, {"my/helper.py": HELPER}), rules)


@pytest.mark.parametrize(
    "use",
    [
        Use("numpy.convolve", "line 4", LINE, 0, 4),
        Use("conv_general_dilated", "line 4", LINE, 0, 4),
        Use("numpy.convolve"),  # by no line of the submission
        Use("scipy.signal.convolve2d", "my/helper.py, line 2", "def g(x): return convolve2d(x, x)"),
        Use("numpy.convolve", "the cell in line 3, line 1"),
    ],
)
def test_what_is_true_is_kept(use: Use) -> None:
    assert claims().uses([use]) == (use,)


def test_the_grader_says_it_in_its_own_words() -> None:
    forged = Use("numpy.convolve", "line 3, where x is 0.1234", "return np.conv", 0, 4)
    assert claims().uses([forged]) == (Use("numpy.convolve", "line 4", LINE, 0, 4),)
    cells = notebook("x = 1", "y = 2\nz = 3")
    forged = Use("numpy.convolve", "cell 9", "z = 3", 2, 2)
    (use,) = claims(cells, notebook=True).uses([forged])
    assert use.where == "cell 2, line 2"
    (use,) = claims(cells).uses([forged])  # a notebook whose name says something else
    assert use.where == "cell 2, line 2"


@pytest.mark.parametrize(
    "use",
    [
        Use("0.1234, the first pixel"),
        Use("numpy.sort", "line 4", LINE, 0, 4),
        Use("numpy.0.1234.convolve"),
        Use("numpy.x\nis 0.1234.convolve"),
        Use(""),
        Use("numpy.convolve", "line 4", "x is 0.1234", 0, 4),
        Use("numpy.convolve", "line 5", "", 0, 5),
        Use("numpy.convolve", "line 4", LINE, 1, 4),
        Use("numpy.convolve", "x is 0.1234"),
        Use("numpy.convolve", "line 1234567"),
        Use("numpy.convolve", "my/helper.py, line 1234567"),
        Use("numpy.convolve", "0.1234.py, line 1"),
        Use("numpy.convolve", "my/helper.py, line 2", "x is 0.1234"),
    ],
)
def test_what_is_not_in_the_rules_or_the_files_is_refused(use: Use) -> None:
    with pytest.raises(FrameError):
        claims().uses([Use("numpy.convolve", "line 4", LINE, 0, 4), use])


def test_a_name_that_only_a_wildcard_allows_is_shown_if_the_submission_has_it() -> None:
    (use,) = claims().uses([Use("torch.nn.Conv31416")])
    assert use.name == "torch.nn.Conv*"
    (use,) = claims(b"from torch.nn import Conv2d").uses([Use("torch.nn.Conv2d")])
    assert use.name == "torch.nn.Conv2d"
    (use,) = claims().uses([Use("numpy.x31416.convolve")])
    assert use.name == "numpy*.convolve"


def test_other_encodings_are_no_lies() -> None:
    """A worker reads the file by its coding cookie; the grader doesn't."""
    data = "# coding: latin-1\ny = 'é'; z = x.nope\n".encode("latin-1")
    raised = Raised("call", "E", "no", "line 2", "y = 'é'; z = x.nope", 0, 2)
    got = claims(data).raised(raised, IN_A_CASE)
    assert (got.where, got.number) == ("line 2", 2)
    assert got.line.endswith("z = x.nope")


@pytest.mark.parametrize(
    "place",
    [("line 4", "x is 0.1234", 0, 4), ("x is 0.1234", "", 0, 0), ("line 2", "0.1234", 0, 0)],
)
def test_a_place_that_is_not_there_is_left_out(place: tuple[str, str, int, int]) -> None:
    got = claims().raised(Raised("call", "ValueError", "no", *place), IN_A_CASE)
    assert got == Raised("call", "ValueError", "no")


@pytest.mark.parametrize("stage", ["large", "syntax", "missing", "signature", "run", "", "CALL"])
def test_a_case_can_not_fail_like_loading(stage: str) -> None:
    with pytest.raises(FrameError):
        claims().raised(Raised(stage, "E", "x is 0.1234"), IN_A_CASE)


@pytest.mark.parametrize("stage", ["call", "result", "run"])
def test_loading_can_not_fail_like_a_case(stage: str) -> None:
    with pytest.raises(FrameError):
        claims().raised(Raised(stage, "E", ""), WHILE_LOADED)
