"""Runs a submission's code and calls its entry point; turns every failure into a `Raised`."""

from __future__ import annotations

import asyncio
import difflib
import inspect
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .frames import MAX_AXES, ArrayHeader, Raised
from .source import Piece, place


class SubmissionError(Exception):
    """The submission failed; `raised` says how."""

    def __init__(self, raised: Raised):
        super().__init__(raised.message)
        self.raised = raised


def load(
    pieces: Sequence[Piece], entry_point: str, parameters: Sequence[str]
) -> tuple[Callable[..., Any], list[str]]:
    """Runs the pieces in order in one namespace and returns a caller of the entry point.

    A Python file must run through. Of a notebook, each cell may raise, as long as the entry point
    comes out of it; the second result says which did. A cell goes on after an import that fails:
    the first cell of most imports what draws pictures, too. The caller takes the arguments by
    position. Raises SubmissionError.
    """
    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    names = module.__dict__
    names.update(__file__="submission.py", get_ipython=lambda: _Shell(names))
    if any(piece.name for piece in pieces):  # a notebook
        names.update(__name__="__main__", display=print, _="")
    failures: dict[str, Raised] = {}
    with asyncio.Runner() as runner:
        for piece in pieces:
            piece.remember()
            rest: Piece | None = piece
            while rest is not None:
                part, rest = rest, None
                try:
                    _run(part.compile(), names, runner)
                except BaseException as error:
                    failures.setdefault(piece.name, describe(error, "import"))
                    if not piece.name:
                        raise SubmissionError(failures[piece.name]) from None
                    rest = _after_import(part, error)
    function = names.get(entry_point)
    if callable(function):
        remarks = [
            f"{cell} failed when it was run: {raised.type}: {raised.message}"
            for cell, raised in failures.items()
        ]
        return by_position(function, parameters), remarks
    if entry_point in names:
        what = f"`{entry_point}`, but as {_a(type(function).__name__)} and not as a function"
        raise SubmissionError(Raised("missing", "", what))
    for piece in pieces:
        if piece.name in failures and f"def {entry_point}" in piece.text:
            raise SubmissionError(failures[piece.name])
    raise SubmissionError(Raised("missing", "", _what_is_there(names, entry_point)))


def call(function: Callable[..., Any], arguments: Sequence[Any]) -> tuple[ArrayHeader, bytes]:
    """The entry point's result as an array of floats, and its raw bytes in C order.

    The conversion runs the submission's code too (`__array__`), so it belongs here, inside the
    time limit. Raises SubmissionError.
    """
    try:
        result = function(*arguments)
    except BaseException as error:
        raise SubmissionError(describe(error, "call")) from None
    try:
        array = np.asarray(result)
        kind, name = array.dtype.kind, str(array.dtype)
    except BaseException as error:
        raise SubmissionError(describe(error, "result", _a(type(result).__name__))) from None
    # ml_dtypes, such as bfloat16, have kind V or f but convert to float like any other.
    if array.dtype.names or (kind not in "fiub" and "float" not in name):
        named = isinstance(result, np.ndarray) or kind not in "OSUMmV"
        what = f"an array of dtype {name}" if named else _a(type(result).__name__)
        raise SubmissionError(Raised("result", "", what))
    dtype = "<f4" if array.dtype == np.float32 else "<f8"
    shape = array.shape if array.ndim <= MAX_AXES else (array.size,)
    with np.errstate(all="ignore"):
        data = array.astype(dtype).tobytes()
    return ArrayHeader(dtype, array.ndim, tuple(map(int, shape)), name), data


def describe(error: BaseException, stage: str, note: str = "") -> Raised:
    """An exception as data: its type and message, and the last line of the submission's own."""
    try:
        message = str(error)
    except BaseException:  # a `__str__` that raises
        message = ""
    where, line = note, ""
    trace = error.__traceback__
    while trace is not None:
        where, line = place(trace.tb_frame.f_code.co_filename, trace.tb_lineno) or (where, line)
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and not where:
        where, line = f"line {error.lineno}", (error.text or "").strip()
    return Raised(stage, type(error).__name__, message, where, line)


def by_position(function: Callable[..., Any], parameters: Sequence[str]) -> Callable[..., Any]:
    """A caller that takes all parameters by position. Raises SubmissionError where none can."""
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):  # a callable without a signature: let the call decide
        return function
    except BaseException as error:
        raise SubmissionError(describe(error, "signature")) from None
    try:
        signature.bind(*parameters)
        return function
    except TypeError:
        pass
    try:
        signature.bind(**dict.fromkeys(parameters))
    except TypeError:
        raise SubmissionError(Raised("signature", "", str(signature))) from None
    return lambda *arguments: function(**dict(zip(parameters, arguments, strict=True)))


def _after_import(piece: Piece, error: BaseException) -> Piece | None:
    """What is left to run of a piece in which this import failed; None where none did."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != piece.filename:
        trace = trace.tb_next
    if trace is None or not isinstance(error, ImportError):
        return None
    return piece.after_import(trace.tb_lineno)


def _run(code: types.CodeType, namespace: dict[str, Any], runner: asyncio.Runner) -> None:
    """Runs a piece; one that awaits at top level, in the event loop that all cells share."""
    if code.co_flags & inspect.CO_COROUTINE:
        runner.run(types.FunctionType(code, namespace)())
    else:
        exec(code, namespace)


class _Shell:
    """Stands in for IPython: magics and shell lines do nothing, a timed line is run."""

    def __init__(self, namespace: dict[str, Any]):
        self._namespace = namespace

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> None:
        if name == "time":
            exec(line, self._namespace)

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        return []

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_, **__: None


def _what_is_there(namespace: dict[str, Any], entry_point: str) -> str:
    own = [
        name
        for name, value in namespace.items()
        if callable(value) and getattr(value, "__module__", None) == "submission"
    ]
    missing = f"no function called `{entry_point}`"
    near = difflib.get_close_matches(entry_point, own, n=1, cutoff=0.6)
    if near:
        return f"{missing}, but there is `{near[0]}`"
    return f"{missing} (found: {', '.join(f'`{name}`' for name in own[:5])})" if own else missing


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiouAEIOU' else 'a'} {noun}"
