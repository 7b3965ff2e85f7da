"""The worker: confines itself, then reads one submission and answers case after case.

Frames come in on what was standard input and leave on what was standard output, and the first to
come in says how to confine itself. The submission itself gets an empty standard input, and what
it prints leaves on standard error.
"""

from __future__ import annotations

import contextlib
import os
import sys
from importlib import import_module
from typing import Any, BinaryIO

from . import frames
from .arguments import build_arguments
from .confine import confine
from .frames import Kind
from .lowering import share_contexts


def main() -> None:
    source, sink = take_channel()
    spec, _ = receive(source, Kind.START)
    confine(spec)
    if spec["escape"]:
        from .escape import try_to_escape

        send(sink, frames.pack_text(Kind.ESCAPED, *try_to_escape(spec["escape"])))
        leave()
    # Before READY, so that a broken installation is known to be ours and not the student's.
    import_libraries()
    if spec["start_threads"]:
        import jax

        jax.numpy.zeros(1).block_until_ready()
    send(sink, frames.pack(Kind.READY))
    serve(source, sink)
    leave()


def import_libraries() -> None:
    """What most submissions import. It computes nothing, and starts no thread."""
    import flax.linen  # noqa: F401
    import jax  # noqa: F401

    with contextlib.suppress(ImportError):
        import_module("jaxlib.mlir.dialects.mhlo")  # as JAX does for its first program
    share_contexts()


def take_channel() -> tuple[BinaryIO, BinaryIO]:
    """Moves the channel off the standard descriptors, which the submission may use."""
    source, sink = os.dup(0), os.dup(1)
    empty, end = os.pipe()
    os.close(end)
    os.dup2(empty, 0)
    os.close(empty)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return os.fdopen(source, "rb"), os.fdopen(sink, "wb", buffering=0)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """One submission, then its cases until the channel closes."""
    from . import submission
    from .source import SourceError, read_notebook, read_python
    from .watch import Watch

    fields, (data,) = receive(source, Kind.SUBMISSION)
    try:
        broken: list[SourceError] = []
        if fields["notebook"]:
            pieces, broken = read_notebook(data)
        else:
            pieces = read_python(data)
    except SourceError as error:
        raised = frames.Raised("syntax", "", error.message, error.where, error.line)
        return send_raised(sink, raised)
    except RecursionError:
        return send_raised(sink, frames.Raised("syntax", "", "the source is nested too deeply"))

    watch = Watch(fields["forbidden_primitives"], fields["forbidden_calls"])
    watch.start()  # first, so that the submission imports what is wrapped
    try:
        function, remarks = submission.load(pieces, fields["entry_point"], fields["parameters"])
    except submission.SubmissionError as error:
        if error.raised.stage == "missing" and broken:
            first = broken[0]
            send_raised(sink, frames.Raised("syntax", "", first.message, first.where, first.line))
        else:
            send_raised(sink, error.raised)
        return
    watch.take()  # scratch code may use what the entry point may not
    remarks += [f"{error.where} is not Python: {error.message}" for error in broken]
    send(sink, frames.pack_text(Kind.LOADED, *remarks[:5]))

    while True:
        fields, blobs = receive(source, Kind.CASE)
        failed = None
        try:
            header, answer = submission.call(function, build_arguments(fields, blobs))
        except submission.SubmissionError as error:
            failed = error.raised
        used = watch.take()
        if used:
            send(sink, frames.pack_uses(Kind.VIOLATION, used))
            continue
        if failed is not None:
            send_raised(sink, failed)
            continue
        # The grader reads exactly this much after the header, and nothing after a wrong size.
        wanted = header.size == fields["elements"]
        send(sink, frames.pack_array_header(header) + (answer if wanted else b""))


def receive(source: BinaryIO, wanted: Kind) -> tuple[dict[str, Any], list[bytes]]:
    """The next frame from the grader; ends the process where there is none."""
    header = source.read(frames.HEADER.size)
    if not header:
        leave()
    kind, length = frames.parse_header(header)
    if kind is not wanted:
        raise frames.FrameError(f"{kind.name} where {wanted.name} was expected")
    return frames.parse_message(source.read(length))


def send(sink: BinaryIO, data: bytes) -> None:
    """Writes all of it: a pipe may take less than what it is given."""
    flush()
    rest = memoryview(data)
    while rest:
        rest = rest[sink.write(rest) :]


def send_raised(sink: BinaryIO, raised: frames.Raised) -> None:
    send(
        sink,
        frames.pack_text(
            Kind.RAISED, raised.stage, raised.type, raised.message, raised.where, raised.line
        ),
    )


def leave() -> None:
    """Ends at once: nothing of the submission (`atexit`, threads, `__del__`) runs any more."""
    flush()
    os._exit(0)


def flush() -> None:
    """Hands on what the submission printed, before the answer that it belongs to."""
    with contextlib.suppress(Exception):  # it may have closed or replaced sys.stdout
        sys.stdout.flush()
