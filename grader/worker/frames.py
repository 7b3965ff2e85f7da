"""The frames that cross the trust boundary: fixed-size headers, then a counted body.

Towards the worker a body is JSON and the raw bytes of arrays. Towards the grader there is no
JSON and no pickle: a body is either a few short text fields or the fixed-size description of an
array, whose raw bytes follow only where its size is the one that the grader asked for.

Everything here is a pure function of bytes, so that it can be fuzzed.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

MAGIC = b"GRD1"
HEADER = struct.Struct("<4sBxxxQ")  # magic, kind, body length in bytes
TEXT_LIMIT = 16 * 1024  # bytes in the body of a text frame
FIELD_SEPARATOR = "\x1f"
MAX_AXES = 8
ARRAY = struct.Struct(f"<BB{MAX_AXES}Q24s")  # dtype code, axes, sizes, the dtype it had before
DTYPES = {0: "<f4", 1: "<f8"}


class Kind(IntEnum):
    """What a frame says."""

    # to the worker
    START = 0  # how to confine itself
    SUBMISSION = 1
    CASE = 2
    # to the grader
    READY = 10  # the worker is confined and has imported its libraries; no student code yet
    LOADED = 12  # imported, and has the entry point; fields: which cells of a notebook failed
    ANSWER = 13  # an array description; the array follows where its size is as asked for
    RAISED = 14  # fields: see `Raised`
    VIOLATION = 15  # a call used what the problem forbids; fields: see `Use`
    ESCAPED = 16  # of a try to escape: fields say which ways out were open


class FrameError(ValueError):
    """The bytes are not a frame that may come here."""


@dataclass(frozen=True)
class ArrayHeader:
    """What a worker claims about an array before it sends it.

    `axes` is the true number of axes; an array with more than `MAX_AXES` of them comes flattened,
    so that its `shape` has one size. `source_dtype` is the name of the dtype that the submission
    returned, before the conversion to float.
    """

    dtype: str
    axes: int
    shape: tuple[int, ...]
    source_dtype: str

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * int(self.dtype[-1])


@dataclass(frozen=True)
class Raised:
    """An exception in a submission: at which stage, which one, and where in its own source.

    `stage` is one of `syntax`, `import`, `missing`, `signature`, `call`, `result`.
    """

    stage: str
    type: str
    message: str
    where: str = ""  # "line 3", or "cell 2, line 3"
    line: str = ""  # the source line itself


@dataclass(frozen=True)
class Use:
    """Something forbidden that a submission uses: its full name, and where as in `Raised`."""

    name: str
    where: str = ""
    line: str = ""


def pack(kind: Kind, body: bytes = b"") -> bytes:
    """One frame as bytes."""
    return HEADER.pack(MAGIC, kind, len(body)) + body


def parse_header(header: bytes) -> tuple[Kind, int]:
    """Kind and body length of a frame. Raises FrameError for anything that is no header."""
    if len(header) != HEADER.size:
        raise FrameError("a frame ended early")
    magic, kind, length = HEADER.unpack(header)
    if magic != MAGIC:
        raise FrameError("bytes that are no frame")
    try:
        return Kind(kind), length
    except ValueError:
        raise FrameError(f"a frame of unknown kind {kind}") from None


def pack_text(kind: Kind, *fields: str) -> bytes:
    """A text frame; fields that are too long are cut so that all fit."""
    share = TEXT_LIMIT // max(1, len(fields)) - 1
    clipped = [field.replace(FIELD_SEPARATOR, " ").encode("utf-8", "replace") for field in fields]
    return pack(kind, FIELD_SEPARATOR.encode().join(field[:share] for field in clipped))


def parse_text(body: bytes, fields: int | None = None) -> list[str]:
    """The fields of a text frame; `fields` asks for an exact number of them.

    Raises FrameError where the number differs or the body is longer than `TEXT_LIMIT`.
    """
    if len(body) > TEXT_LIMIT:
        raise FrameError("a text frame that is too long")
    found = body.decode("utf-8", "replace").split(FIELD_SEPARATOR) if body else []
    if fields is not None and len(found) != fields:
        raise FrameError(f"a text frame with {len(found)} fields instead of {fields}")
    return found


def pack_uses(kind: Kind, uses: Iterable[Use]) -> bytes:
    """A text frame of what was used that is forbidden."""
    return pack_text(kind, *(field for use in uses for field in (use.name, use.where, use.line)))


def parse_uses(body: bytes) -> list[Use]:
    """What a frame says was used. Raises FrameError."""
    fields = parse_text(body)
    if len(fields) % 3:
        raise FrameError(f"a text frame with {len(fields)} fields instead of three for each use")
    return [Use(*fields[i : i + 3]) for i in range(0, len(fields), 3)]


def pack_array_header(header: ArrayHeader) -> bytes:
    """The ANSWER frame that goes ahead of an array."""
    code = next(code for code, dtype in DTYPES.items() if dtype == header.dtype)
    sizes = header.shape + (0,) * (MAX_AXES - len(header.shape))
    name = header.source_dtype.encode("ascii", "replace")[:24]
    return pack(Kind.ANSWER, ARRAY.pack(code, min(header.axes, 255), *sizes, name))


def parse_array_header(body: bytes) -> ArrayHeader:
    """What an ANSWER frame claims. Raises FrameError where it isn't even a claim."""
    if len(body) != ARRAY.size:
        raise FrameError("an answer of the wrong length")
    code, axes, *sizes, name = ARRAY.unpack(body)
    if code not in DTYPES:
        raise FrameError(f"an answer of unknown dtype {code}")
    shape = tuple(sizes[: axes if axes <= MAX_AXES else 1])
    return ArrayHeader(DTYPES[code], axes, shape, name.rstrip(b"\0").decode("ascii", "replace"))


def pack_message(kind: Kind, fields: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """A frame to the worker: JSON, then the bytes of each blob."""
    text = json.dumps({**fields, "blobs": [len(blob) for blob in blobs]}).encode()
    return pack(kind, struct.pack("<I", len(text)) + text + b"".join(blobs))


def parse_message(body: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The worker's side of `pack_message`; the grader never calls this."""
    (length,) = struct.unpack_from("<I", body)
    fields: dict[str, Any] = json.loads(body[4 : 4 + length])
    blobs, start = [], 4 + length
    for size in fields.pop("blobs"):
        blobs.append(body[start : start + size])
        start += size
    return fields, blobs
