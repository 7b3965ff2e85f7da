"""Has JAX lower many programs in one MLIR context, where it would make a context for each.

A context takes longer to make than a small program takes to load, and changes nothing in it. Each
thread has its own, so that none is used by two at a time; and after some programs a new one, since
a context keeps the constants of all programs that it has seen.
"""

from __future__ import annotations

import threading
from typing import Any

PROGRAMS = 64  # in one context


def share_contexts() -> None:
    """From now on, in this process. A JAX that makes its contexts elsewhere is left as it is."""
    from jax._src.interpreters import mlir

    make = getattr(mlir, "make_ir_context", None)
    if make is None or hasattr(make, "context"):
        return

    class Context(threading.local):
        left = 0
        current: Any = None

    context = Context()

    def shared() -> Any:
        if context.left == 0:
            context.current, context.left = make(), PROGRAMS
        context.left -= 1
        return context.current

    shared.context = context  # type: ignore[attr-defined]
    mlir.make_ir_context = shared
