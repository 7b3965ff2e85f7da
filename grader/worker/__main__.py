"""The worker: confines itself, then reads one submission and answers case after case.

Frames arrive on what was standard input and leave on what was standard output. The first one says
how to confine itself. The submission gets an empty standard input, and what it prints leaves on
standard error.
"""

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

from . import frames
from .confine import confine
from .frames import FrameKind
from .jax_internals import import_first_dialect, share_contexts

if TYPE_CHECKING:
    from .submission import Loaded


def main() -> None:
    source, sink = take_channel()
    spec, _ = receive(source, FrameKind.START)
    confine(spec)
    if spec["escape"]:
        from .escape import try_to_escape

        send(sink, frames.pack_text(FrameKind.ESCAPED, *try_to_escape(spec["escape"])))
        leave()
    # Before READY, so that a broken installation is our error and not the student's.
    import_libraries()
    if spec["start_threads"]:
        import jax

        jax.numpy.zeros(1).block_until_ready()
    send(sink, frames.pack(FrameKind.READY))
    try:
        serve(source, sink)
    except BaseException as error:  # the submission has broken the channel or the worker
        from .describe import name_of

        # No traceback: it would show lines of the grader to the student.
        os.write(2, name_of(type(error)).encode("utf-8", "replace"))
        os._exit(1)
    leave()


def import_libraries() -> None:
    """Imports what most submissions import. It computes nothing, and starts no thread."""
    import flax.linen  # noqa: F401
    import jax  # noqa: F401

    import_first_dialect()
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
    return os.fdopen(source, "rb"), os.fdopen(sink, "wb")


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answers for one submission, until the channel closes."""
    from . import stand_ins, submission
    from .describe import describe
    from .source import SubmissionError
    from .watch import Watch

    fields, (data, *modules) = receive(source, FrameKind.SUBMISSION)
    files = dict(zip(fields["modules"], modules, strict=True))
    # The submission is loaded under the watch, so that it imports the wrappers.
    with Watch(fields["forbidden_primitives"], fields["forbidden_calls"]) as watch:
        try:
            read = submission.read(data, fields["notebook"])
            stand_ins.install()
            loaded = submission.load(read, fields["entry_point"], fields["parameters"], files)
            watch.take()  # what it uses while it is imported doesn't count
            remarks = loaded.remarks[: submission.MOST_REMARKS]
            reply = frames.pack_text(FrameKind.LOADED, *remarks)
        except SubmissionError as error:
            return send(sink, frames.pack_raised(error.raised))
        except BaseException as error:  # the submission has changed what the worker uses
            return send(sink, frames.pack_raised(describe(error, "import")))
        send(sink, reply)

        while True:
            fields, blobs = receive(source, FrameKind.CASE)
            try:
                arguments = submission.build_arguments(fields, blobs)
                reply = _answer(loaded, arguments, fields["elements"])
                used = watch.take()
                reply = frames.pack_uses(used) if used else reply
            except BaseException as error:  # such as no memory for the answer
                reply = frames.pack_raised(describe(error, "call"))
            send(sink, reply)


def _answer(loaded: "Loaded", arguments: list[Any], elements: int) -> bytes:
    """The frame that answers a case whose right answer has so many elements."""
    from . import submission
    from .source import SubmissionError

    try:
        header, answer = submission.call(loaded.function, arguments, loaded.first_cause)
    except SubmissionError as error:
        return frames.pack_raised(error.raised)
    # The grader reads this much after the header, and nothing after a wrong size.
    return frames.pack_array_header(header) + (answer if header.size == elements else b"")


def receive(source: BinaryIO, wanted: FrameKind) -> tuple[dict[str, Any], list[bytes]]:
    """The next frame from the grader. Ends the process if there is none."""
    header = source.read(frames.HEADER.size)
    if not header:
        leave()
    kind, length = frames.parse_header(header)
    if kind is not wanted:
        raise frames.FrameError(f"{kind.name} instead of {wanted.name}")
    return frames.parse_message(source.read(length))


def send(sink: BinaryIO, data: bytes) -> None:
    flush()
    sink.write(data)
    sink.flush()


def leave() -> None:
    """Ends at once: nothing of the submission (`atexit`, threads, `__del__`) runs any more."""
    flush()
    os._exit(0)


def flush() -> None:
    """Passes on what the submission printed, before the answer that it belongs to."""
    with contextlib.suppress(Exception):  # it may have closed or replaced sys.stdout
        sys.stdout.flush()
