"""A sandbox without walls, for one's own code on one's own machine: what JAX compiles is kept."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from ..common.errors import SandboxError
from ..course.problem import Limits
from ..sandbox import Sandbox, Worker
from ..sandbox.bare import Bare
from ..sandbox.fork_server import ForkingSandbox
from .program_cache import cache_folder


def own_machine() -> Bare:
    """Starts each worker afresh."""
    programs = cache_folder().with_name("own-2")
    with contextlib.suppress(OSError):
        programs.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Bare(programs)


@contextlib.contextmanager
def warm_own_machine() -> Iterator[Sandbox]:
    """Forks its workers if this system can, for many of them one after another."""
    bare = own_machine()
    if not sys.platform.startswith("linux"):
        yield bare
        return
    warm = ForkingSandbox(bare)
    try:
        with Worker(warm, Limits()):
            pass
    except SandboxError:
        yield bare
    else:
        yield warm
    finally:
        warm.close()
