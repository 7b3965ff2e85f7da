"""Workers without walls, for the user's own code. What they compile is cached."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator

from ..common.errors import SandboxError
from ..course.problem import Limits
from ..sandbox import Sandbox, Worker
from ..sandbox.bare import Bare
from ..sandbox.fork_server import ForkingSandbox
from .program_cache import private_folder

log = logging.getLogger(__name__)


def unconfined() -> Bare:
    """Starts each worker afresh."""
    return Bare(private_folder("own-2"))


@contextlib.contextmanager
def warm_unconfined() -> Iterator[Sandbox]:
    """Forks its workers if this system can, for many of them one after another."""
    sandbox: Sandbox = unconfined()
    if not sys.platform.startswith("linux"):
        yield sandbox
        return
    with contextlib.closing(ForkingSandbox(sandbox)) as warm:
        try:
            with Worker(warm, Limits()):
                sandbox = warm
        except SandboxError as error:
            log.info("each worker is started afresh, because none can be forked: %s", error)
        yield sandbox
