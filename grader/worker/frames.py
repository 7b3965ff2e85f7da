"""The frames that cross the trust boundary: fixed-size headers, then a counted body.

To the worker, a body is JSON and the raw bytes of arrays. To the grader, there is no JSON and no
pickle: a body is either a few short text fields, or the fixed-size description of an array. The
array's raw bytes follow only if it has the size that the grader asked for.

Everything here is a pure function of bytes, so that it can be fuzzed.
"""

import io
import json
import math
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from enum import IntEnum
from typing import Any

MAGIC = b"GRD1"
HEADER = struct.Struct("<4sBxxxQ")  # magic, kind, body length in bytes
TEXT_LIMIT = 16 * 1024  # bytes in the body of a text frame
FIELD_SEPARATOR = "\x1f"
MAX_AXES = 8
ARRAY = struct.Struct(f"<BB{MAX_AXES}Q24s")  # dtype code, axes, sizes, the dtype it had before
DTYPES = {0: "<f4", 1: "<f8"}


class FrameKind(IntEnum):
    """What a frame says."""

    # to the worker
    START = 0  # how to confine itself
    SUBMISSION = 1
    CASE = 2
    # to the grader
    READY = 10  # the worker is confined and has imported its libraries; no student code yet
    LOADED = 12  # imported, and has the entry point; fields: what was skipped
    ANSWER = 13  # an array description; the array follows if it has the size asked for
    RAISED = 14  # fields: see `Raised`
    VIOLATION = 15  # a call used what the problem forbids; fields: see `Use`
    ESCAPED = 16  # the result of a try to escape; fields: what worked


class FrameError(ValueError):
    """The bytes are not a frame that may come here."""


@dataclass(frozen=True)
class ArrayHeader:
    """What a worker claims about an array before it sends it."""

    dtype: str
    shape: tuple[int, ...]  # at most `MAX_AXES` of them
    source_dtype: str  # the name of the dtype before the conversion to float

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * int(self.dtype[-1])


@dataclass(frozen=True)
class Raised:
    """An exception in a submission: at which stage, which one, and where in its source.

    `stage` is one of `large`, `syntax`, `import`, `missing`, `signature`, `call`, `result`. A call
    that misses what failed at import gives that failure, of stage `import`. cell, number: the place
    once more, if it is in the student's own file: of a notebook's code cell, 0 in a script; of the
    line, 0 if it is not known.
    """

    stage: str
    type: str
    message: str
    where: str = ""  # "line 3", or "cell 2, line 3"
    line: str = ""  # the source line itself
    cell: int = 0
    number: int = 0


@dataclass(frozen=True)
class Use:
    """Something forbidden that a submission uses: its full name, and where as in `Raised`."""

    name: str
    where: str = ""
    line: str = ""
    cell: int = 0
    number: int = 0


def pack(kind: FrameKind, body: bytes = b"") -> bytes:
    """One frame as bytes."""
    return HEADER.pack(MAGIC, kind, len(body)) + body


def parse_header(header: bytes) -> tuple[FrameKind, int]:
    """FrameKind and body length of a frame. Raises FrameError for anything that is no header."""
    if len(header) != HEADER.size:
        raise FrameError("a frame ended early")
    magic, kind, length = HEADER.unpack(header)
    if magic != MAGIC:
        raise FrameError("bytes that are no frame")
    try:
        return FrameKind(kind), length
    except ValueError:
        raise FrameError(f"a frame of unknown kind {kind}") from None


def pack_text(kind: FrameKind, *fields: str) -> bytes:
    """A text frame; fields that are too long are cut so that all fit."""
    share = TEXT_LIMIT // max(1, len(fields)) - 1
    clipped = [field.replace(FIELD_SEPARATOR, " ").encode("utf-8", "replace") for field in fields]
    return pack(kind, FIELD_SEPARATOR.encode().join(field[:share] for field in clipped))


def parse_text(body: bytes) -> list[str]:
    """The fields of a text frame. Raises FrameError if the body is longer than `TEXT_LIMIT`."""
    if len(body) > TEXT_LIMIT:
        raise FrameError("a text frame that is too long")
    return body.decode("utf-8", "replace").split(FIELD_SEPARATOR) if body else []


def pack_raised(raised: Raised) -> bytes:
    return pack_text(FrameKind.RAISED, *map(str, astuple(raised)))


def parse_raised(body: bytes) -> Raised:
    """The exception that a frame claims. Raises FrameError."""
    fields = parse_text(body)
    if len(fields) != 7:
        raise FrameError(f"an exception with {len(fields)} fields instead of 7")
    stage, name, message, where, line, cell, number = fields
    return Raised(stage, name, message, where, line, _number(cell), _number(number))


def pack_uses(uses: Iterable[Use]) -> bytes:
    return pack_text(FrameKind.VIOLATION, *(str(field) for use in uses for field in astuple(use)))


def parse_uses(body: bytes) -> tuple[Use, ...]:
    """What a frame says was used, at least one thing. Raises FrameError."""
    fields = parse_text(body)
    if len(fields) % 5 or not any(fields[::5]):
        raise FrameError(f"a violation with {len(fields)} fields")
    return tuple(
        Use(name, where, line, _number(cell), _number(number))
        for name, where, line, cell, number in zip(*[iter(fields)] * 5, strict=True)
        if name
    )


def _number(field: str) -> int:
    """A number of a cell or line; 0, which is none, for anything else."""
    return int(field) if re.fullmatch(r"[0-9]{1,7}", field) else 0


def pack_array_header(header: ArrayHeader) -> bytes:
    """The ANSWER frame that comes before an array."""
    code = next(code for code, dtype in DTYPES.items() if dtype == header.dtype)
    sizes = header.shape + (0,) * (MAX_AXES - len(header.shape))
    name = header.source_dtype.encode("ascii", "replace")[:24]
    return pack(FrameKind.ANSWER, ARRAY.pack(code, len(header.shape), *sizes, name))


def parse_array_header(body: bytes) -> ArrayHeader:
    """What an ANSWER frame claims. Raises FrameError if it is none."""
    if len(body) != ARRAY.size:
        raise FrameError("an answer of the wrong length")
    code, axes, *sizes, name = ARRAY.unpack(body)
    if code not in DTYPES:
        raise FrameError(f"an answer of unknown dtype {code}")
    if axes > MAX_AXES:
        raise FrameError(f"an answer with {axes} axes")
    name = name.rstrip(b"\0").decode("ascii", "replace")
    return ArrayHeader(DTYPES[code], tuple(sizes[:axes]), name)


def pack_message(kind: FrameKind, fields: dict[str, Any], blobs: Sequence[bytes] = ()) -> bytes:
    """A frame to the worker: JSON, then the bytes of each blob."""
    text = json.dumps({**fields, "blobs": [len(blob) for blob in blobs]}).encode()
    return pack(kind, struct.pack("<I", len(text)) + text + b"".join(blobs))


def parse_message(body: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Fields and blobs of a frame to the worker. The grader parses only what it packed itself."""
    stream = io.BytesIO(body)
    (length,) = struct.unpack("<I", stream.read(4))
    fields: dict[str, Any] = json.loads(stream.read(length))
    return fields, [stream.read(size) for size in fields.pop("blobs")]
