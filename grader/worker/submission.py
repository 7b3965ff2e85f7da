"""Runs a submission's code and calls its entry point; turns every failure into a `Raised`."""

import ast
import asyncio
import codeop
import difflib
import inspect
import sys
import traceback
import types
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from .frames import MAX_AXES, ArrayHeader, Raised
from .source import Piece, SubmissionError, place


def load(
    pieces: Sequence[Piece], entry_point: str, parameters: Sequence[str]
) -> tuple[Callable[..., Any], list[str]]:
    """Runs the pieces in order in one namespace and returns a caller of the entry point.

    The caller takes the arguments by position. A Python file must run through. Cells of a notebook
    may fail, if the entry point is there at the end; the second result says which did. After an
    import that fails, a cell continues: often only a picture needs it. Raises SubmissionError.
    """
    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    names = module.__dict__
    names.update(__file__="submission.py", get_ipython=lambda: _Shell(names))
    compiler = codeop.Compile()  # keeps what a cell imports from `__future__` for the next ones
    compiler.flags = 0
    if any(piece.name for piece in pieces):  # a notebook
        names.update(__name__="__main__", display=print, _="")
        compiler.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    failures: dict[str, Raised] = {}
    with asyncio.Runner() as runner:  # one event loop for all cells
        for piece in pieces:
            piece.show_in_tracebacks()
            rest: Piece | None = piece
            while rest is not None:
                try:
                    code = compiler(rest.tree, rest.filename, "exec")  # type: ignore[arg-type]
                    if code.co_flags & inspect.CO_COROUTINE:  # it awaits at its top level
                        runner.run(types.FunctionType(code, names)())
                    else:
                        exec(code, names)
                    break
                except BaseException as error:
                    failures.setdefault(piece.name, describe(error, "import"))
                    if not piece.name:
                        raise SubmissionError(failures[piece.name]) from None
                    rest = rest.after_import(error)
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


def build_arguments(fields: dict[str, Any], blobs: list[bytes]) -> list[Any]:
    """A case's arguments from the bytes that came for them, new for each call."""
    import jax

    arguments: list[Any] = []
    arrays = iter(blobs)
    for argument in fields["arguments"]:
        if argument["type"] == "array":
            array = np.frombuffer(next(arrays), argument["dtype"]).reshape(argument["shape"])
            if fields["arrays"] == "jax":
                # Not `jnp.array`, which would compile a program for each shape.
                arguments.append(jax.device_put(array.copy()))
            else:
                arguments.append(array if fields["arrays"] == "read-only" else array.copy())
        elif argument["type"] == "numpy":
            arguments.append(np.dtype(argument["dtype"]).type(argument["value"]))
        else:
            arguments.append(argument["value"])
    return arguments


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
    shape = array.shape if array.ndim <= MAX_AXES else (array.size,)  # flattened
    with np.errstate(all="ignore"):
        data = array.astype(dtype).tobytes()
    return ArrayHeader(dtype, tuple(map(int, shape)), name), data


def describe(error: BaseException, stage: str, note: str = "") -> Raised:
    """An exception as data: its type and message, and the last line of the submission in it."""
    try:
        message = str(error)
    except BaseException:  # a `__str__` that raises
        message = ""
    where, line = note, ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        where, line = place(frame.f_code.co_filename, number) or (where, line)
    if isinstance(error, SyntaxError) and not where:
        where, line = f"line {error.lineno}", (error.text or "").strip()
    return Raised(stage, type(error).__name__, message, where, line)


def by_position(function: Callable[..., Any], parameters: Sequence[str]) -> Callable[..., Any]:
    """A caller that takes all parameters by position. Raises SubmissionError if it can't."""
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):  # a callable without a signature: let the call decide
        return function
    except BaseException as error:
        raise SubmissionError(describe(error, "signature")) from None
    with suppress(TypeError):
        signature.bind(*parameters)
        return function
    try:
        signature.bind(**dict.fromkeys(parameters))
    except TypeError:
        raise SubmissionError(Raised("signature", "", str(signature))) from None
    return lambda *arguments: function(**dict(zip(parameters, arguments, strict=True)))


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
