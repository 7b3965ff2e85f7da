"""Runs and reports as JSON, and back. The format is that of the dataclasses, field by field;
`python -m grader.report.schema` writes it to `report.schema.json`.
"""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec
import numpy as np

from ..common.text import encodable

T = TypeVar("T")
AXES = {np.float64: 2, np.bool_: 3}  # of the arrays in a report: a heat map's, a reading's


def to_json(value: object) -> bytes:
    """A dataclass as JSON in ASCII, so that no character of a submission's does anything where the
    file is shown. Bytes of file names that are no UTF-8 become escapes.
    """
    file = io.BytesIO()  # a class of long reports is in memory once
    for text in json.JSONEncoder(indent=1).iterencode(_plain(value)):
        file.write(text.encode())
    file.write(b"\n")
    return file.getvalue()


def _plain(value: object) -> Any:
    """What JSON has. A number that is not finite is null."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case str():
            return encodable(value)
        case list() | tuple():
            return [_plain(item) for item in value]
        case dict():
            return {encodable(key): _plain(item) for key, item in value.items()}
        case bool() | int() | None:
            return value
    return _plain(msgspec.to_builtins(value, enc_hook=_write))


def from_json(data: bytes, kind: type[T]) -> T:
    """Reads what `to_json` wrote. Raises ValueError for anything else."""
    try:
        return msgspec.json.decode(data, type=kind, dec_hook=_read)
    except (msgspec.MsgspecError, RecursionError, OverflowError) as error:
        raise ValueError(str(error)) from error


def _write(value: Any) -> Any:
    """What JSON lacks: paths and arrays. A number that is not finite becomes null."""
    if isinstance(value, Path):
        return str(value)
    if value.dtype == bool:
        return value.astype(int).tolist()
    return np.vectorize(lambda number: float(f"{number:.4g}"), otypes=[float])(value).tolist()


def _read(kind: Any, value: Any) -> Any:
    if kind is Path:
        if not isinstance(value, str) or "\0" in value:
            raise ValueError("a path that is none")
        return Path(value)
    dtype = get_args(get_args(kind)[1])[0]
    array = np.array(value, np.float64)  # null is NaN
    if array.ndim != AXES[dtype] or not array.size or (array < 0).any():
        raise ValueError(f"an array of {array.ndim} axes and {array.size} numbers, or a negative")
    if dtype is not np.bool_:
        return np.where(np.isnan(array), np.inf, array)
    if not np.isin(array, (0, 1)).all():
        raise ValueError("an array of other numbers than 0 and 1")
    return array.astype(bool)
