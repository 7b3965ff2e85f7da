"""Chooses a sandbox. A worker tries to break out of it first: the sandbox must stop every try."""

import logging
import os
import socket
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ..common.errors import SandboxError
from ..course.problem import Limits
from ..worker.frames import FrameKind, parse_text
from .bare import Bare
from .base import Sandbox
from .bubblewrap import Bubblewrap
from .fork_server import ForkingSandbox
from .landlock import Landlock
from .worker import Worker

log = logging.getLogger(__name__)

MAKERS: dict[str, Callable[[], Sandbox]] = {"bubblewrap": Bubblewrap, "landlock": Landlock}
ESCAPE_SECONDS = 30


def choose_sandbox(name: str, secrets: Sequence[Path]) -> Sandbox:
    """The sandbox of that name, proven; "auto" takes bubblewrap, or else Landlock.

    secrets: files that a submission must not read; a worker tries to read them. Raises
    SandboxError, which says what to install, if no sandbox holds.
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
        "No sandbox works here, and the grader doesn't run other people's code without one.\n"
        + "\n".join(reasons)
        + "\nInstall bubblewrap (apt-get install bubblewrap libseccomp2, or your system's package "
        "of that name), or use Linux 6.2 or newer for Landlock. To run your own code without "
        "a sandbox, say --sandbox none."
    )


def _proven(sandbox: Sandbox, secrets: Sequence[Path]) -> Sandbox:
    """The sandbox with forked workers if these start and hold, else with a fresh start for each."""
    forking = ForkingSandbox(sandbox)
    try:
        prove(forking, secrets)
        return forking
    except SandboxError as error:
        log.info("each worker is started afresh, because none can be forked: %s", error)
        forking.close()
        prove(sandbox, secrets)
        return sandbox


def prove(sandbox: Sandbox, secrets: Sequence[Path]) -> None:
    """Tries to break out of a worker. Raises SandboxError that names what worked."""
    with (
        tempfile.TemporaryDirectory(prefix="grader-escape-") as outer,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        # Only the sandbox can stop a write to it. Other users don't know its name.
        os.chmod(outer, 0o711)
        folder = Path(tempfile.mkdtemp(dir=outer))
        canary = folder / "canary"
        canary.write_text("not for a submission to read")
        folder.chmod(0o777)
        attempts = {
            "read": [str(path.absolute()) for path in (canary, *secrets)],
            "write": [str(folder), "/tmp", "/dev/shm"],
            "connect": listener.getsockname()[1],
            "signal": os.getpid(),
        }
        with Worker(sandbox, Limits(), escape=attempts) as worker:
            escapes = parse_text(worker.receive_first(FrameKind.ESCAPED, ESCAPE_SECONDS))
    if escapes:
        raise SandboxError(f"a program inside it could {', '.join(escapes)}")
