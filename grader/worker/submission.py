"""Loads a submission and calls its entry point; turns every failure into a `Raised`."""

import difflib
import inspect
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import stand_ins
from .describe import describe, name_of, plain
from .frames import MAX_AXES, TEXT_LIMIT, ArrayHeader, Raised
from .notebook import read_notebook
from .run import Run
from .scripts import read_script
from .source import Source, SubmissionError

MOST_REMARKS = 5


@dataclass(frozen=True)
class Loaded:
    """A submission that was run.

    function: takes the arguments by position. remarks: on what was skipped. first_cause: why a
    name that an exception misses was not bound, if a statement failed that binds it.
    """

    function: Callable[..., Any]
    remarks: list[str]
    first_cause: Callable[[BaseException], Raised | None]


def read(data: bytes, notebook: bool) -> Source:
    """The statements of a submission's file. Raises SubmissionError."""
    return read_notebook(data) if notebook else read_script(data)


def load(
    source: Source,
    entry_point: str,
    parameters: Sequence[str],
    files: Mapping[str, bytes] | None = None,
) -> Loaded:
    """Runs a file's statements in one namespace, and finds the entry point.

    files: the student's other modules, by path. A statement may fail if the entry point is there
    at the end. Raises SubmissionError.
    """
    module = types.ModuleType("submission")
    sys.modules["submission"] = module
    names = module.__dict__
    names["__file__"] = "submission.py"
    if any(piece.cell for piece in source.pieces):  # a notebook
        module.__name__ = "__main__"
        sys.modules["__main__"] = module
        names.update(In=[""], Out={}, _="", __="", ___="")
    with Run(names, files or {}) as run:
        stand_ins.set_shell(run.shell)
        run.run(source, names)
    function = names[entry_point] if entry_point in names else run.from_modules(entry_point)
    if callable(function):
        return Loaded(by_position(function, parameters), run.remarks, run.first_cause)
    if entry_point in names:
        what = f"`{entry_point}`, but as {_a(name_of(type(function)))} and not as a function"
        raise SubmissionError(Raised("missing", "", what))
    if cause := run.cause(module.__name__, entry_point):
        raise SubmissionError(cause)
    if source.broken:  # what is missing may be in a cell that is not Python
        raise SubmissionError(source.broken[0])
    what = _what_is_there(names, entry_point)
    why = f" ({run.remarks[0]})" if run.remarks else ""
    raise SubmissionError(Raised("missing", "", what + why))


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


def call(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    first_cause: Callable[[BaseException], Raised | None] = lambda error: None,
) -> tuple[ArrayHeader, bytes]:
    """The entry point's result as an array of floats, and its raw bytes in C order.

    first_cause: see `Loaded`. The conversion runs the submission's code too (`__array__`), so it
    belongs here, inside the time limit. Raises SubmissionError.
    """
    try:
        result = function(*arguments)
    except BaseException as error:
        raise SubmissionError(first_cause(error) or describe(error, "call")) from None
    try:
        array = np.asarray(result)
        kind, name = array.dtype.kind, str(array.dtype)
    except BaseException as error:
        raise SubmissionError(describe(error, "result", _a(name_of(type(result))))) from None
    # ml_dtypes, such as bfloat16, have kind V or f but convert to float like any other.
    if array.dtype.names or (kind not in "fiub" and "float" not in name):
        named = isinstance(result, np.ndarray) or kind not in "OSUMmV"
        what = f"an array of dtype {name}" if named else _a(name_of(type(result)))
        raise SubmissionError(Raised("result", "", what))
    dtype = "<f4" if array.dtype == np.float32 else "<f8"
    shape = array.shape if array.ndim <= MAX_AXES else (array.size,)  # flattened
    try:
        with np.errstate(all="ignore"):
            data = array.astype(dtype).tobytes()
    except BaseException as error:  # mostly there is no memory for it
        raise SubmissionError(describe(error, "result", _a(name_of(type(result))))) from None
    return ArrayHeader(dtype, tuple(map(int, shape)), name), data


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
        raise SubmissionError(Raised("signature", "", plain(str(signature), TEXT_LIMIT))) from None
    return lambda *arguments: function(**dict(zip(parameters, arguments, strict=True)))


def _what_is_there(namespace: dict[str, Any], entry_point: str) -> str:
    own = [
        name
        for name, value in namespace.items()
        if type(name) is str
        and callable(value)
        and getattr(value, "__module__", None) == namespace["__name__"]
    ]
    missing = f"no function called `{entry_point}`"
    near = difflib.get_close_matches(entry_point, own, n=1, cutoff=0.6)
    if near:
        return f"{missing}, but there is `{near[0]}`"
    return f"{missing} (found: {', '.join(f'`{name}`' for name in own[:5])})" if own else missing


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeiouAEIOU' else 'a'} {noun}"
