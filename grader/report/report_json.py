"""Runs and reports as JSON, and back. The format is that of the dataclasses, field by field;
`python -m grader.report.schema` writes it to `report.schema.json`.
"""

from __future__ import annotations

import json
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
    plain = encodable(msgspec.to_builtins(value, enc_hook=_write))
    finite = json.loads(msgspec.json.encode(plain))  # a number that is not finite is null
    return json.dumps(finite, indent=1).encode() + b"\n"


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
