"""Rules: a forbidden function counts when a call of the entry point really uses it.

Most sources are watched in both ways: loaded under the watch, as in a worker, and
loaded before it, as by `check` in a notebook. Both must see the same.
"""

from __future__ import annotations

import inspect
import pickle
import sys
import textwrap
import types
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
import scipy.signal
from support.course import patch_embed_cls

from grader.course.problem import Rules
from grader.student.check_function import swapped
from grader.worker.frames import Use
from grader.worker.notebook import read_notebook
from grader.worker.scripts import read_script
from grader.worker.source import Source
from grader.worker.submission import load
from grader.worker.watch import Watch

IMPORTS = """
import functools, importlib
import jax, numpy as np, scipy.signal
from scipy import signal
"""
CLASS = """
class E:
    def fast(self, x): return x
    def slow(self, x): return np.convolve(x, x)
"""


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    def functions() -> list[object]:
        modules = (np, np.ma, np.polynomial.polynomial, scipy.signal)
        return [value for module in modules for value in vars(module).values()]

    before, main = functions(), sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main
    assert all(new is old for new, old in zip(functions(), before, strict=True))
    assert not any(isinstance(finder, Watch) for finder in sys.meta_path)
    sys.modules.pop("submission", None)


def rules() -> Rules:
    return patch_embed_cls().problem.rules


def source_of(*sources: str) -> Source:
    return Source([piece for source in sources for piece in read_script(source.encode()).pieces])


def loaded(*sources: str) -> Callable[..., Any]:
    return load(source_of(IMPORTS, *sources), "f", ["x"]).function


def used_when_loaded_under_the_watch(*sources: str) -> list[str]:
    with Watch(rules().primitives, rules().calls) as watch:
        function = loaded(*sources)
        watch.take()
        function(np.ones(3))
        return [use.name for use in watch.take()]


def used_when_loaded_before_the_watch(*sources: str) -> list[str]:
    function = loaded(*sources)
    names = vars(sys.modules["submission"])
    jax.clear_caches()  # as `check` does
    with Watch(rules().primitives, rules().calls) as watch, swapped(names, watch.wrappers):
        function(np.ones(3))
        found = [use.name for use in watch.take()]
    function(np.ones(3))
    assert watch.take() == ()
    return found


BOTH_WAYS = pytest.mark.parametrize(
    "used", [used_when_loaded_under_the_watch, used_when_loaded_before_the_watch]
)
Used = Callable[..., list[str]]


@BOTH_WAYS
@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(x): return np.convolve(x, x)", "numpy.convolve"),
        ("def g(x): return np.correlate(x, x)\ndef f(x): return g(x)", "numpy.correlate"),
        ("def f(x): return np.polymul(x, x)", "numpy.polymul"),
        ("f = lambda x: signal.convolve2d([x], [x])", "scipy.signal.convolve2d"),
        ("def f(x): return jax.scipy.signal.fftconvolve(x, x)", "jax.scipy.signal.fftconvolve"),
        ("def f(x): return scipy.ndimage.correlate(x, x)", "scipy.ndimage.correlate"),
        # By another name, bound in one way or other.
        ("from numpy import convolve as c\ndef f(x): return c(x, x)", "numpy.convolve"),
        ("from numpy import *\ndef f(x): return convolve(x, x)", "numpy.convolve"),
        ("from numpy._core.numeric import convolve as c\ndef f(x): return c(x, x)", ""),
        ("def f(x):\n    from numpy import convolve as c\n    return c(x, x)", "numpy.convolve"),
        ("def f(x):\n    c = np.convolve\n    def g(): return c(x, x)\n    return g()", ""),
        ("c: object = np.convolve\ndef f(x): return c(x, x)", ""),
        ("c, d = np.convolve, 1\ndef f(x): return c(x, x)", ""),
        ("def f(x): return [np.convolve(x, x) for x in [x]]", ""),
        ("def f(x):\n    global c\n    c = np.convolve\n    return c(x, x)", ""),
        # By whoever calls it in the end.
        ("def f(x): return list(map(np.convolve, [x], [x]))", "numpy.convolve"),
        ("def f(x): return functools.reduce(np.convolve, [x, x])", ""),
        ("def f(x): return np.apply_along_axis(np.convolve, 0, x, x)", ""),
        ("def f(x): return np.vectorize(np.convolve, signature='(n),(n)->(m)')(x, x)", ""),
        ("def f(x): return signal.lfilter(x, [1.0], x)", "numpy.convolve"),
        ("def f(x): return jax.vmap(jax.scipy.signal.convolve)(x[None], x[None])", ""),
        # By a name that is only made when it runs.
        ("def f(x): return getattr(np, 'corre' + 'late')(x, x)", "numpy.correlate"),
        ("def f(x): return vars(np)['correlate'](x, x)", "numpy.correlate"),
        ("def f(x): return eval('np.convolve')(x, x)", "numpy.convolve"),
        (
            "s = importlib.import_module('scipy.signal')\ndef f(x): return s.convolve(x, x)",
            "scipy.signal.convolve",
        ),
        (
            "def f(x):\n    s = __import__('scipy.signal', fromlist=['signal'])\n"
            "    return s.convolve(x, x)",
            "scipy.signal.convolve",
        ),
        # In a class.
        (f"{CLASS}def f(x): return E().slow(x)", ""),
        (f"{CLASS}def f(x): return getattr(E(), 'sl' + 'ow')(x)", ""),
        (f"{CLASS.replace('slow', '__call__')}def f(x): return E()(x)", ""),
        # After a definition of the same name that is innocent.
        ("def f(x): return x", ""),
    ],
)
def test_what_a_call_really_uses_is_seen(source: str, name: str, used: Used) -> None:
    later = "def f(x): return np.convolve(x, x)" if source == "def f(x): return x" else ""
    names = used(source, later)
    assert len(names) == 1  # and not what a library makes use of in turn
    assert name in names or not name


@pytest.mark.parametrize(
    "source",
    [
        "table = []\ntable.append(np.convolve)\ndef f(x): return table[0](x, x)",
        "table = {}\ntable['c'] = np.convolve\ndef f(x): return table['c'](x, x)",
        "table = {'c': [(1, np.convolve)]}\ndef f(x): return table['c'][0][1](x, x)",
        "def f(x, c=np.convolve): return c(x, x)",
        "def f(x, *, c=np.convolve): return c(x, x)",
        "def keep(c):\n    return lambda x: c(x, x)\nf = keep(np.convolve)",
        "@jax.jit\ndef f(x, c=jax.scipy.signal.correlate): return c(x, x)",
        "c = functools.partial(np.convolve, mode='same')\ndef f(x): return c(x, x)",
        "class E: op = staticmethod(np.convolve)\ndef f(x): return E.op(x, x)",
        "class E:\n    def __init__(self): self.op = np.convolve\n"
        "e = E()\ndef f(x): return e.op(x, x)",
    ],
)
def test_a_worker_sees_what_code_keeps_elsewhere_than_under_a_name(source: str) -> None:
    """`check` misses these, because the notebook kept the function before `check` ran."""
    assert len(used_when_loaded_under_the_watch(source)) == 1


@BOTH_WAYS
@pytest.mark.parametrize(
    "source",
    [
        "def f(x): return x\ndef g(x): return np.convolve(x, x)",
        "def f(x): return x\nprint(np.convolve([1], [1]))",
        "kernel = np.convolve([1], [1])\ndef f(x): return x * kernel",
        "def f(x): return x if np.convolve else x",
        "def f(x):\n    if x is None: return np.convolve(x, x)\n    return x",
        "def f(x):\n    c = np.convolve\n    def g(): return c(x, x)\n    return x",
        "def f(x):\n    out = x\n    return out\nif __name__ == '__main__':\n"
        "    x = np.arange(6)\n    out = np.correlate(x, x)[::2]",
        # A name of the student's own.
        "def convolve(x): return x\ndef f(x): return convolve(x)",
        "from numpy import convolve\nconvolve([1], [1])\ndef convolve(x): return x\n"
        "def f(x): return convolve(x)",
        "from numpy import *\ndef f(x, convolve=False): return x if convolve else x",
        "from numpy import convolve\nconvolve = np.multiply\ndef f(x): return convolve(x, x)",
        "class np2: convolve = staticmethod(np.add)\ndef f(x): return np2.convolve(x, x)",
        f"{CLASS}def f(x): return E().fast(x)",
        # What was traced while it was loaded is traced again, and only this second time counts.
        "jax.scipy.signal.convolve(np.ones(3), np.ones(3))\ndef f(x): return jax.numpy.add(x, x)",
        # A first attempt that was replaced.
        "def f(x): return np.convolve(x, x)\ndef f(x): return x",
        "def g(x): return np.convolve(x, x)\ndef f(x): return g(x)\ndef g(x): return x",
    ],
)
def test_what_a_call_does_not_use_is_the_students_own_affair(source: str, used: Used) -> None:
    assert used(source) == []


@BOTH_WAYS
def test_a_function_jitted_and_warmed_up_on_import_is_still_seen(used: Used) -> None:
    source = "f = jax.jit(lambda x: jax.scipy.signal.{}(x, x))\nf(np.ones(3))"
    assert used(source.format("fftconvolve")) == ["jax.scipy.signal.fftconvolve"]
    assert used(source.format("convolve")) == ["jax.scipy.signal.convolve"]
    assert used("f = jax.jit(lambda x: jax.numpy.convolve(x, x))\nf(np.ones(3))") == [
        "conv_general_dilated"
    ]


def test_each_use_has_the_line_of_the_submission() -> None:
    cells = ["import numpy as np", "def g(x):\n    return np.convolve(x, x)", "f = lambda x: g(x)"]
    notebook = {
        "cells": [
            {"cell_type": "code", "source": text, "metadata": {}, "outputs": []}
            | {"execution_count": None}
            for text in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    source = read_notebook(str(notebook).replace("None", "null").replace("'", '"').encode())
    with Watch((), rules().calls) as watch:
        function = load(source, "f", ["x"]).function
        function(np.ones(3))
        function(np.ones(3))
        assert watch.take() == (
            Use("numpy.convolve", "cell 2, line 2", "return np.convolve(x, x)", 2, 2),
        )
        assert watch.take() == ()


def test_a_use_in_a_thread_is_seen() -> None:
    with Watch((), rules().calls) as watch, ThreadPoolExecutor(1) as pool:
        pool.submit(np.convolve, [1.0], [1.0]).result()
        assert watch.take() == (Use("numpy.convolve"),)


def test_a_wrapper_behaves_as_what_it_stands_in_for() -> None:
    before, signature = np.convolve, inspect.signature(np.convolve)
    with Watch((), rules().calls):
        assert np.convolve is not before
        assert inspect.signature(np.convolve) == signature
        assert np.convolve.__doc__ == before.__doc__
        assert pickle.loads(pickle.dumps(np.convolve)) is np.convolve
        assert np.convolve([1, 2], v=[3], mode="same").tolist() == [3, 6]
        with pytest.raises(ValueError, match="cannot be empty"):
            np.convolve([], [])
        with pytest.raises(TypeError, match="argument"):
            np.convolve([1])
    assert np.convolve is before


def test_what_cannot_be_wrapped_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Frozen(types.ModuleType):
        def __setattr__(self, *_: object) -> None:
            raise AttributeError("it can't be changed")

    frozen = Frozen("frozen")
    vars(frozen)["convolve"] = len
    monkeypatch.setitem(sys.modules, "frozen", frozen)
    before = (np.add, jax.numpy.convolve, np.float32, np.pi)
    names = ("numpy.add", "jax.numpy.convolve", "numpy.float32", "numpy.pi", "frozen.convolve")
    with Watch((), names):
        assert (np.add, jax.numpy.convolve, np.float32, np.pi) == before
        assert np.add.reduce([1, 2]) == 3
        assert vars(frozen)["convolve"] is len


@pytest.fixture
def torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A library of that name, which isn't installed where the tests run."""
    files = {
        "__init__.py": "from math import sqrt as conv_scalar\n",
        "nn/__init__.py": """
            class Module:
                def __call__(self, x): return self.forward(x)
            class Linear(Module):
                def forward(self, x): return x
            class Conv2d(Module):
                def __init__(self, size): self.size = size
                def forward(self, x): return self.size * x
            from . import functional
        """,
        "nn/functional.py": "def conv2d(x): return x\ndef relu(x): return x\n",
    }
    for name, text in files.items():
        path = tmp_path / "torch" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(textwrap.dedent(text))
    monkeypatch.syspath_prepend(tmp_path)
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "torch"]:
        del sys.modules[name]


@pytest.mark.usefixtures("torch")
@BOTH_WAYS
@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import torch.nn.functional as F\ndef f(x): return F.conv2d(x)", ["functional.conv2d"]),
        ("from torch.nn import functional as F\ndef f(x): return F.relu(x)", []),
        ("from torch.nn.functional import conv2d\ndef f(x): return conv2d(x)", "functional.conv2d"),
        ("from torch import nn\ndef f(x): return nn.Conv2d(2)", ["Conv2d"]),
        ("from torch import nn\nconv = nn.Conv2d(2)\ndef f(x): return conv(x)", ["Conv2d"]),
        ("from torch import nn\nconv = nn.Conv2d(2)\ndef f(x): return x", []),
        ("from torch import nn\nlinear = nn.Linear()\ndef f(x): return linear(x)", []),
        (
            "from torch import nn\nclass C(nn.Conv2d):\n    def forward(self, x):\n"
            "        assert isinstance(self, nn.Conv2d)\n        return x\n"
            "c = C(2)\ndef f(x): return c(x)",
            ["Conv2d"],
        ),
    ],
)
def test_a_library_and_its_classes(source: str, names: list[str] | str, used: Used) -> None:
    names = [names] if isinstance(names, str) else names
    assert used(source) == [f"torch.nn.{name}" for name in names]


@pytest.mark.usefixtures("torch")
@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    from torch.nn.functional import conv2d\n    return conv2d(x)",
        "def f(x):\n    import torch.nn\n    return torch.nn.functional.conv2d(x)",
        "def f(x): return importlib.import_module('torch.nn.functional').conv2d(x)",
    ],
)
@BOTH_WAYS
def test_a_library_imported_in_the_call_is_watched_at_once(source: str, used: Used) -> None:
    try:
        assert used(source) == ["torch.nn.functional.conv2d"]
    finally:
        left = sys.modules["torch.nn.functional"].conv2d
        assert not hasattr(left, "__wrapped__")


@pytest.mark.usefixtures("torch")
def test_a_class_is_as_before_once_the_watch_ends() -> None:
    import torch.nn

    plain = torch.nn.Conv2d
    before = plain.__init__
    with Watch((), rules().calls) as watch:
        torch.nn.Conv2d(2)
        assert [use.name for use in watch.take()] == ["torch.nn.Conv2d"]
    assert torch.nn.Conv2d is plain
    assert plain.__init__ is before
    assert "__call__" not in vars(plain)
