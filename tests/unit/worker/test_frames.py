"""The boundary's frames: what was packed comes back, and no bytes can do worse than FrameError."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker import frames
from grader.worker.frames import ArrayHeader, FrameError, FrameKind

TEXT = st.text(st.characters(exclude_characters=frames.FIELD_SEPARATOR, exclude_categories=["Cs"]))


@given(st.sampled_from(FrameKind), st.binary(max_size=200))
def test_a_frame_comes_back(kind: FrameKind, body: bytes) -> None:
    packed = frames.pack(kind, body)
    header, rest = packed[: frames.HEADER.size], packed[frames.HEADER.size :]
    assert frames.parse_header(header) == (kind, len(body))
    assert rest == body


@given(st.lists(TEXT, min_size=1, max_size=6))
def test_text_fields_come_back(fields: list[str]) -> None:
    body = frames.pack_text(FrameKind.RAISED, *fields)[frames.HEADER.size :]
    if any(fields):
        assert frames.parse_text(body) == fields


@given(st.lists(st.integers(1, 10**6).map(lambda n: "é" * n), min_size=1, max_size=5))
def test_long_text_is_cut_to_what_is_read(fields: list[str]) -> None:
    body = frames.pack_text(FrameKind.RAISED, *fields)[frames.HEADER.size :]
    assert len(body) <= frames.TEXT_LIMIT
    assert len(frames.parse_text(body)) == len(fields)


@given(
    st.sampled_from(["<f4", "<f8"]),
    st.lists(st.integers(0, 2**20), max_size=frames.MAX_AXES),
    st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=24),
)
def test_an_array_header_comes_back(dtype: str, sizes: list[int], name: str) -> None:
    header = ArrayHeader(dtype, tuple(sizes), name)
    body = frames.pack_array_header(header)[frames.HEADER.size :]
    assert frames.parse_array_header(body) == header


def test_an_array_with_too_many_axes_is_no_claim() -> None:
    sizes = [1] * frames.MAX_AXES
    body = frames.ARRAY.pack(0, frames.MAX_AXES + 1, *sizes, b"float32")
    with pytest.raises(FrameError, match="9 axes"):
        frames.parse_array_header(body)


@given(st.binary(max_size=2 * frames.ARRAY.size))
def test_any_bytes_are_a_claim_or_a_frame_error(data: bytes) -> None:
    for parse in (frames.parse_header, frames.parse_array_header, frames.parse_text):
        try:
            parse(data)
        except FrameError:
            continue


@given(st.binary(min_size=frames.ARRAY.size, max_size=frames.ARRAY.size))
def test_a_claimed_size_is_exact_however_large(data: bytes) -> None:
    try:
        header = frames.parse_array_header(data)
    except FrameError:
        return
    assert header.size == math.prod(header.shape)
    assert header.nbytes == header.size * (4 if header.dtype == "<f4" else 8)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GRD1",
        b"\0" * frames.HEADER.size,
        frames.HEADER.pack(b"GRD0", FrameKind.ANSWER, 0),
        frames.HEADER.pack(frames.MAGIC, 99, 0),
    ],
)
def test_what_is_no_header_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        frames.parse_header(data)


def test_too_much_text_and_the_wrong_number_of_fields_are_refused() -> None:
    with pytest.raises(FrameError, match="too long"):
        frames.parse_text(b"x" * (frames.TEXT_LIMIT + 1))
    with pytest.raises(FrameError, match="2 fields instead of 7"):
        frames.parse_raised(b"a\x1fb")


NUMBER = st.integers(0, 9_999_999)


@given(st.lists(TEXT, min_size=5, max_size=5), NUMBER, NUMBER)
def test_an_exception_and_its_place_come_back(texts: list[str], cell: int, number: int) -> None:
    stage, name, message, where, line = texts
    raised = frames.Raised(stage, name, message, where, line, cell, number)
    assert frames.parse_raised(frames.pack_raised(raised)[frames.HEADER.size :]) == raised
    use = frames.Use("x" + name, where, line, cell, number)
    assert frames.parse_uses(frames.pack_uses([use, use])[frames.HEADER.size :]) == (use, use)


@pytest.mark.parametrize("field", ["", "-1", "1.5", "x", "12345678", "²", "٣", " 3", "3\n", "0x3"])
def test_what_is_no_number_of_a_line_is_none(field: str) -> None:
    body = "\x1f".join(["call", "E", "", "line 3", "", field, field]).encode()
    raised = frames.parse_raised(body)
    assert (raised.cell, raised.number) == (0, 0)


@given(
    st.dictionaries(st.text(max_size=5), st.integers() | TEXT, max_size=4),
    st.lists(st.binary(max_size=50), max_size=4),
)
def test_a_message_to_the_worker_comes_back(fields: dict[str, object], blobs: list[bytes]) -> None:
    fields.pop("blobs", None)
    body = frames.pack_message(FrameKind.CASE, fields, blobs)[frames.HEADER.size :]
    assert frames.parse_message(body) == (fields, blobs)
