"""What the source shows: a forbidden function is found where the entry point can reach it."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest
from support.course import ROOT

from grader.course.catalogue import load_course
from grader.worker.frames import Use
from grader.worker.rules import forbidden_calls, forbidden_in
from grader.worker.source import read_python

CALLS = load_course(ROOT).get("patch_embed_cls").problem.rules.calls
IMPORTS = "import numpy as np\nimport scipy.signal\nfrom scipy import signal\n"

METHODS = """
class E:
    def fast(self, x): return x
    def slow(self, x): return np.convolve(x, x)
"""


def found(*sources: str) -> list[str]:
    """What `f` is found to use, in a file or in the cells of a notebook."""
    trees = [ast.parse(source) for source in (IMPORTS, *sources)]
    return [*forbidden_calls(trees, "f", CALLS)]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(x): return np.convolve(x, x)", "numpy.convolve"),
        ("def g(x): return np.correlate(x, x)\ndef f(x): return g(x)", "numpy.correlate"),
        ("f = lambda x: signal.convolve2d(x, x)", "scipy.signal.convolve2d"),
        ("def f(x):\n    from numpy import convolve as c\n    return c(x, x)", "numpy.convolve"),
        ("def f(x):\n    c = np.convolve\n    def g(): return c(x, x)\n    return g()", ""),
        ("c: object = np.convolve\ndef f(x): return c(x, x)", ""),
        ("c, d = np.convolve, 1\ndef f(x): return c(x, x)", ""),
        ("a = b = np.convolve\ndef f(x): return b(x, x)", ""),
        ("table = []\ntable.append(np.convolve)\ndef f(x): return table[0](x, x)", ""),
        ("table = {}\ntable['c'] = np.convolve\ndef f(x): return table['c'](x, x)", ""),
        ("def f(x): return [np.convolve(x, x) for x in x]", ""),
        ("def f(x, c=np.convolve): return c(x, x)", ""),
        ("def f(x): return x\ng = f\n@wrap\ndef f(x): return np.convolve(x, x)", ""),
        ("def f(x): return np.convolve(x, x)\nf = jit(f)", ""),
        ("def f(x): return np.convolve(x, x)\n@keep(f)\ndef f(x): return x", ""),
        ("if 1:\n    def f(x): return np.convolve(x, x)\nelse:\n    def f(x): return x", ""),
        ("class E:\n    def go(self, x): return np.convolve(x, x)\ndef f(x): return E().go(x)", ""),
        (f"{METHODS}def f(x): return E().slow(x)", ""),
        (f"{METHODS}def f(x): return E.slow(None, x)", ""),
        (f"{METHODS}g = E().slow\ndef f(x): return g(x)", ""),
        (f"{METHODS}def f(x): return getattr(E(), 'sl' + 'ow')(x)", ""),
        (f"{METHODS}def f(x): return F().fast(x)\nclass F(E):\n    fast = E.slow", ""),
        ("@register\n" + METHODS + "def f(x): return E().fast(x)", ""),
        (METHODS.replace("class E:", "class E(Module):") + "def f(x): return E()(x)", ""),
        (METHODS.replace("    def slow", "    @keep\n    def slow") + "def f(x): return E().x", ""),
        (METHODS.replace("slow", "__call__") + "def f(x): return E()(x)", ""),
        ("from numpy import *\ndef f(x): return convolve(x, x)", "numpy.convolve"),
        ("def c(x): return x\nfrom numpy import correlate as c\ndef f(x): return c(x)", ""),
        ("c = np.convolve\nc = keep(c)\ndef f(x): return c(x, x)", "numpy.convolve"),
        ("op = getattr(np, 'correlate')\ndef f(x): return op(x, x)", "numpy.correlate"),
        ("def f(x): return getattr(np, 'correlate')(x, x)", "numpy.correlate"),
        ("def f(x): return vars(np)['correlate'](x, x)", "numpy.correlate"),
        ("def f(x): return np.__dict__['correlate'](x, x)", "numpy.correlate"),
        (
            "import importlib\ns = importlib.import_module('scipy.signal')\n"
            "def f(x): return s.convolve(x)",
            "scipy.signal.convolve",
        ),
        (
            "def f(x):\n    s = __import__('scipy.signal', fromlist=['signal'])\n"
            "    return s.convolve(x)",
            "scipy.signal.convolve",
        ),
        ("def f(x):\n    def g(): return np.convolve(x, x)\n    return g()", ""),
        (
            "def f(x):\n    def g(): return np.convolve(x, x)\n    def h(): return g()\n"
            "    return [h]",
            "",
        ),
        ("def f(x):\n    def g(): return np.convolve(x, x)\n    return locals()['g']()", ""),
        ("def f(x):\n    @call\n    def g(): return np.convolve(x, x)\n    return x", ""),
        (
            "def f(x):\n    global g\n    def g(): return np.convolve(x, x)\n    return h()\n"
            "def h(): return g()",
            "",
        ),
        ("def f(x):\n    global c\n    return c(x, x)\nc = np.convolve", ""),
        ("def f(x): return np.polymul(x, x)", "numpy.polymul"),
        ("import jax\ndef f(x): return jax.scipy.signal.fftconvolve(x, x)", ""),
        ("from jax.scipy.signal import correlate\ndef f(x): return correlate(x, x)", ""),
    ],
)
def test_a_convolution_in_reach_is_found(source: str, name: str) -> None:
    names = found(source)
    assert names
    assert name in names or not name


@pytest.mark.parametrize(
    "source",
    [
        "def f(x): return x\ndef g(x): return np.convolve(x, x)",
        "def f(x): return x  # np.convolve\nprint(np.convolve([1], [1]))",
        # The names of a function are its own, whatever they are called elsewhere.
        "out = np.correlate([1], [1])\ndef f(x):\n    out = x\n    return out",
        "def f(x):\n    out = x\n    return out\nif __name__ == '__main__':\n"
        "    x = np.arange(6)\n    out = np.correlate(x, x)[::2]",
        "for p in (2, 3): print(np.convolve([p], [p]))\ndef f(x, p): return x * p",
        "def check(a): return np.correlate(a, a)\n"
        "def f(x):\n    def check(a): assert a.size\n    check(x)\n    return x",
        "expected, got = np.correlate([1], [1]), 1\n"
        "def f(x):\n    expected = x\n    return expected",
        "with open('x'):\n    sequence = np.correlate([1], [1])\n"
        "def f(x): return [sequence for sequence in x]",
        "from numpy import *\ndef f(x, convolve=False): return x if convolve else x",
        "tokens = signal.correlate2d(1, 1)\nf = lambda tokens: tokens",
        # A later definition takes the place of an earlier one.
        "def f(x): return np.convolve(x, x)\ndef f(x): return x",
        "def g(x): return np.convolve(x, x)\ndef f(x): return g(x)\ndef g(x): return x",
        "f = lambda x: np.convolve(x, x)\nf = lambda x: x",
        "class np2:\n    convolve = 1\ndef f(x): return np2.convolve",
        "def convolve(x): return x\ndef f(x): return convolve(x)",
        # Nor does an import that was there before.
        "from numpy import convolve\nconvolve([1], [1])\ndef convolve(x): return x\n"
        "def f(x): return convolve(x)",
        "from numpy import convolve\nconvolve = np.matmul\ndef f(x): return convolve(x, x)",
        "class signal: convolve = staticmethod(np.matmul)\ndef f(x): return signal.convolve(x)",
        "class E:\n    op: np.convolve = None\ndef f(x): return E().op",
        # A function within it that nothing names is not called, nor one that only this one names.
        "def f(x):\n    def g(): return h()\n    def h(): return np.convolve(x, x)\n    return x",
        "def f(x):\n    def g(n): return g(np.convolve(n, n))\n    return x",
        # Nor is such a method.
        f"{METHODS}def f(x): return E().fast(x)",
        f"{METHODS}class F(E):\n    def other(self): return 1\ndef f(x): return F().fast(x)",
        METHODS.replace("    def slow", "    @staticmethod\n    def slow")
        + "def f(x): return E().fast(x)",
    ],
)
def test_what_the_function_does_not_use_is_its_own_affair(source: str) -> None:
    assert found(source) == []


def test_a_first_attempt_in_an_earlier_cell_does_not_count() -> None:
    assert found("def f(x): return np.convolve(x, x)", "def f(x): return x") == []
    assert found("def f(x): return x", "def f(x): return np.convolve(x, x)") != []


def test_what_stands_under_main_is_not_run_in_a_file_and_is_in_a_notebook() -> None:
    own = "def convolve(x): return x\ndef f(x): return convolve(x)\n"
    source = f'{own}if __name__ == "__main__":\n    from numpy import convolve'
    (piece,) = read_python(source.encode())
    assert forbidden_in([piece], "f", CALLS) == []
    (otherwise,) = read_python(source.replace("from numpy", "pass\nelse:\n    from numpy").encode())
    assert [use.name for use in forbidden_in([otherwise], "f", CALLS)] == ["numpy.convolve"]
    (use,) = forbidden_in([replace(piece, name="cell 3")], "f", CALLS)
    assert use == Use("numpy.convolve", "cell 3, line 2", "def f(x): return convolve(x)")


def test_long_sources_take_no_long_time_and_no_deep_stack() -> None:
    sums = " + ".join(["x"] * 900)
    lines = "\n".join(f"    y{n} = x" for n in range(20_000))
    assert found(f"def f(x):\n{lines}\n    return {sums} + np.convolve(x, x)") == ["numpy.convolve"]
    flat = "\n".join(f"y{n} = np.sum" for n in range(20_000))
    assert found(f"{flat}\ndef f(x): return y7(x)") == []
