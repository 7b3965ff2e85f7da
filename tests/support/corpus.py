"""Files that made trouble or might, in `tests/corpus/READER/`, and what can become of them."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from support.course import ROOT

CORPUS = ROOT / "tests" / "corpus"
# What some reader gives a meaning to, whatever the file is.
TOKENS = [
    *(b"\0", b"\xff", b"\n", b"\r\n", b'"', b"'", b",", b";", b"\t", b"/", b"../", b"\\", b"("),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xd8\x00", b"\xe2\x80\xae", b"\x1b[2J", b"\x1f"),
    *(b"[" * 99, b"{" * 99, b"(" * 99, b"&a [*a]", b": ", b"- ", b"!!python/name:os", b"\\n"),
    *(b"-1", b"1e999", b"NaN", b"null", b"true", b"9" * 30, b"0" * 30, b"2026-02-30", b"+24:00"),
    *(b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"\x1f\x8b\x08", b"ustar", b"GRD1"),
    *(b"def patch_embed_cls(", b"patch_embed_cls =", b"import ", b"class ", b"%%bash\n"),
    *(b"\xff" * 8, b"x" * 300, b"%", b"_attempt_"),
]
VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 10**9, 2**63, 10**400, 0.5, -0.5, 1e308, -1e308),
    *("", "x", "\0", "../x", "/etc/passwd", "\udc80", "\u202e", "a" * 40),
    *("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-03-01"),
    *([], [[]], [1], [[1, 2], [3]], [[[1]]], [None], {}, {"x": 1}, {"": None}, ["", ""]),
]


def corpus(reader: str) -> list[Path]:
    """Its files, by name."""
    return sorted((CORPUS / reader).iterdir())


@st.composite
def mutated(draw: st.DrawFn, reader: str) -> tuple[str, bytes]:
    """A name and the bytes of a file of the corpus, with some of these flipped, cut out, repeated,
    put in, or taken from another file.
    """
    paths = st.sampled_from(corpus(reader))
    path = draw(paths)
    data = bytearray(path.read_bytes())
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 1, 2, 4, 8, 40, 400])))
        how = draw(st.sampled_from(["flip", "cut", "repeat", "token", "bytes", "splice"]))
        if how == "flip" and start < len(data):
            data[start] ^= 1 << draw(st.integers(0, 7))
        elif how == "cut":
            del data[start:end]
        elif how == "repeat":
            data[start:end] = data[start:end] * draw(st.integers(2, 40))
        elif how == "token":
            data[start:end] = draw(st.sampled_from(TOKENS))
        elif how == "bytes":
            data[start:end] = draw(st.binary(max_size=8))
        elif how == "splice":
            other = draw(paths).read_bytes()
            place = draw(st.integers(0, len(other)))
            data[start:end] = other[place : place + 400]
    return path.name, bytes(data)


@st.composite
def mutated_json(draw: st.DrawFn, reader: str) -> tuple[str, bytes]:
    """The same of a JSON file that stays JSON: some values in it are others, gone, or twice."""
    path = draw(st.sampled_from([path for path in corpus(reader) if _document(path)]))
    document = _document(path)
    for _ in range(draw(st.integers(1, 3))):
        inner: Any = document
        while True:
            keys = [*inner] if isinstance(inner, dict) else [*range(len(inner))]
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(inner[key], (dict, list)) and draw(st.integers(0, 4)):
                inner = inner[key]
                continue
            how = draw(st.sampled_from(["value", "value", "gone", "twice", "swap"]))
            if how == "value":
                inner[key] = deepcopy(draw(st.sampled_from(VALUES)))
            elif how == "gone":
                del inner[key]
            elif how == "twice" and isinstance(inner, list):
                inner.append(deepcopy(inner[key]))
            elif how == "swap":
                other = draw(st.sampled_from(keys))
                inner[key], inner[other] = inner[other], inner[key]
            break
    return path.name, json.dumps(document).encode()


def _document(path: Path) -> Any:
    """None if it is no JSON with something in it."""
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    return document or None
