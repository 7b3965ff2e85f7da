"""Chooses a sandbox and has a worker try to break out of it: it is used where every try fails."""

from __future__ import annotations

import logging
import os
import socket
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ..common.errors import SandboxError
from ..course.problem import Limits
from ..worker import frames
from .bare import Bare
from .base import Sandbox
from .bubblewrap import Bubblewrap
from .landlock import Landlock
from .process import Worker, WorkerFailure
from .warm import Warm

log = logging.getLogger(__name__)

MAKERS: dict[str, Callable[[], Sandbox]] = {"bubblewrap": Bubblewrap, "landlock": Landlock}
ESCAPE_SECONDS = 30


def choose_sandbox(name: str, secrets: Sequence[Path]) -> Sandbox:
    """The sandbox of that name, proven; "auto" takes the first of bubblewrap and Landlock that is.

    `secrets` are files that a submission must not read: a worker tries to. Raises
    SandboxError, which says what to install, where no sandbox holds.
    """
    if name == "none":
        return Bare()
    reasons = []
    for candidate in MAKERS if name == "auto" else [name]:
        try:
            return _proven(MAKERS[candidate](), secrets)
        except SandboxError as error:
            log.info("the sandbox %s can't be used: %s", candidate, error)
            reasons.append(f"  {candidate}: {error}")
    raise SandboxError(
        "No sandbox works here, and other people's code is not run without one.\n"
        + "\n".join(reasons)
        + "\nInstall bubblewrap (apt-get install bubblewrap libseccomp2, or your system's package "
        "of that name), or use Linux 6.2 or newer for Landlock. To run code of your own without "
        "a sandbox, say --sandbox none."
    )


def _proven(sandbox: Sandbox, secrets: Sequence[Path]) -> Sandbox:
    """With warm workers; where those don't start or hold, with one started afresh each time."""
    warm = Warm(sandbox)
    try:
        prove(warm, secrets)
        return warm
    except SandboxError as error:
        log.info("each worker is started afresh, because none can be forked: %s", error)
        warm.close()
        prove(sandbox, secrets)
        return sandbox


def prove(sandbox: Sandbox, secrets: Sequence[Path]) -> None:
    """Tries to break out of a worker. Raises SandboxError that names what worked."""
    with (
        tempfile.TemporaryDirectory(prefix="grader-escape-") as folder,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        canary = Path(folder) / "canary"
        canary.write_text("not for a submission to read")
        os.chmod(folder, 0o777)  # so that only the sandbox can be what stops a write
        attempts = {
            "read": [str(path.absolute()) for path in (canary, *secrets)],
            "write": [folder, "/tmp", "/dev/shm"],
            "connect": listener.getsockname()[1],
            "signal": os.getpid(),
        }
        with Worker(sandbox, Limits(), escape=attempts) as worker:
            try:
                kind, body = worker.receive(ESCAPE_SECONDS)
                if kind is not frames.Kind.ESCAPED:
                    raise SandboxError(f"the worker that tries to escape answered with {kind.name}")
                escapes = frames.parse_text(body)
            except (WorkerFailure, frames.FrameError) as error:
                words = worker.output.strip().splitlines()
                raise SandboxError(words[-1] if words else str(error)) from None
    if escapes:
        raise SandboxError(f"a program inside it could {', '.join(escapes)}")
