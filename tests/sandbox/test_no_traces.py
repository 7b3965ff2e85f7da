"""Whatever a submission raises or returns, nothing that is shown has a line or a path of ours."""

from __future__ import annotations

import json
import re

import pytest
from support.course import Grade, short_plan
from support.sources import CALL, DEFINES_RIGHT, RIGHT

from grader.common.verdict import Verdict
from grader.report.report import Report
from grader.report.report_json import to_json
from grader.sandbox.base import worker_folder

OURS = re.compile(r"grader|worker|serve\(|submission\.call|_evaluate|describe\(|RuntimeWarning")


def shown(report: Report) -> str:
    """All texts that come from running it."""
    made = json.loads(to_json(report))
    parts = ("message", "notes", "output", "detail", "raised", "cases", "diagnosis")
    return json.dumps([made[part] for part in parts])


def check(report: Report) -> str:
    text = shown(report)
    assert not OURS.search(text), OURS.findall(text)
    assert str(worker_folder()) not in text
    return text


ODD = "class Odd(Exception):\n    {}\n"
RAISES = {
    "a traceback that is none": ODD.format("__traceback__ = 3"),
    "a traceback that raises": ODD.format(
        "__traceback__ = property(lambda self: 1 / 0)\n    __context__ = __traceback__"
    ),
    "a class that raises": ODD.format("__class__ = property(lambda self: 1 / 0)"),
    "a text that raises": ODD.format("def __str__(self): raise self\n    __repr__ = __str__"),
    "a text that is none": ODD.format("def __str__(self): return 3"),
    "a text that is huge": ODD.format("def __str__(self): return '\\0' * 2**27"),
    "a text that lies": "class Text(str):\n    def replace(self, *_): raise SystemExit\n"
    "    __str__ = __getitem__ = encode = strip = replace\n"
    + ODD.format("def __str__(self): return Text('x')"),
    "no memory for its text": ODD.format("def __str__(self): return 'x' * 2**40"),
    "a name that is huge": "Odd = type('N' * 2**20, (Exception,), {})\n",
    "a name that lies": "class Meta(type):\n    __name__ = property(lambda self: 1 / 0)\n"
    "class Odd(Exception, metaclass=Meta): pass\n",
    "a missing name that is a list": "def Odd(): return NameError('x', name=[])\n",
    "a missing attribute": "import sys\ndef Odd(): return AttributeError('x', name=[], obj=sys)\n",
    "a syntax error": "def Odd(): return SyntaxError('x', ('f', 'l', [], 3))\n",
    "a group": "def Odd(): return ExceptionGroup('many', [ValueError(n) for n in range(99)])\n",
}


@pytest.mark.parametrize("what", RAISES)
def test_an_exception_is_described(what: str, grade: Grade) -> None:
    report = grade(f"{RAISES[what]}{CALL}raise Odd()")
    assert report.verdict is Verdict.RUN_TIME_ERROR
    assert "It raises " in report.message
    assert "raise Odd()" in report.message
    check(report)


@pytest.mark.parametrize("what", RAISES)
def test_a_statement_that_raises_it_is_skipped(what: str, grade: Grade) -> None:
    report = grade(f"{RAISES[what]}raise Odd()\n{RIGHT}")
    assert report.verdict is Verdict.ACCEPTED, report.message
    assert " was skipped: " in report.notes[0]
    check(report)


RETURNS = {
    "no memory for its floats": "np.broadcast_to(np.float16(0), 2**31)",
    "no memory for its bytes": "np.broadcast_to(np.float32(0), 2**29 + 2**28)",
    "a class that raises": "type('Odd', (), {'__class__': property(lambda self: 1 / 0)})()",
    "a name that is huge": "type('N' * 2**20, (), {})()",
    "no representation": "type('Odd', (), {'__repr__': lambda self: 1 / 0})()",
    "an array that raises": "type('Odd', (), {'__array__': lambda self, *_, **__: 1 / 0})()",
    "many fields": "np.zeros(2, [('f' * 2**12, 'f4')])",
}


@pytest.mark.parametrize("what", RETURNS)
def test_what_is_no_answer_is_described(what: str, grade: Grade) -> None:
    report = grade(f"import numpy as np\n{CALL}return {RETURNS[what]}")
    memory = what.startswith("no memory")
    wanted = Verdict.MEMORY_LIMIT_EXCEEDED if memory else Verdict.RUN_TIME_ERROR
    assert report.verdict is wanted, (report.message, report.output)
    check(report)


HOOKED = """
import sys, threading, traceback
import numpy as np

class Late:
    def __del__(self): raise ValueError("too late")

def convolves(): np.convolve(3, [[1]])

def patch_embed_cls(x, *rest):
    thread = threading.Thread(target=convolves)
    thread.start()
    thread.join()
    Late()
    try:
        convolves()
    except ValueError:
        traceback.print_exc()
        sys.excepthook(*sys.exc_info())
        traceback.print_stack()
        raise ExceptionGroup("both", [ValueError(traceback.format_exc())])
"""


def test_what_python_prints_has_only_lines_of_the_submission(grade: Grade) -> None:
    """Also in the wrapper of a function that is watched."""
    report = grade(HOOKED)
    text = check(report)
    for word in ("too late", "Exception in thread", "in convolves", "def convolves()"):
        assert word in text
    assert report.output.count("Traceback (most recent call last)") >= 3


def test_a_broken_channel_says_nothing_of_ours(grade: Grade) -> None:
    report = grade(f"import os\n{CALL}os.closerange(3, 64)")
    assert report.verdict is Verdict.RUN_TIME_ERROR
    check(report)


@pytest.mark.parametrize("value", ["1.7e308", "-1.7e308 * (np.arange(n) % 2 * 2 - 1)", "5e-324"])
def test_answers_at_the_end_of_the_floats_give_no_warning(value: str, grade: Grade) -> None:
    """Here, warnings are errors."""
    source = (
        f"{DEFINES_RIGHT}\n{CALL}n = right(x, w_proj, cls_token, pos_embed, patch_size).size\n"
        f"    return np.zeros(n) + {value}"
    )
    report = grade(source, plan=short_plan("patch_embed_cls", "square", "tall", "wide"))
    assert report.verdict is Verdict.WRONG_ANSWER
    check(report)
