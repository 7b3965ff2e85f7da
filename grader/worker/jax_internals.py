"""Every place that depends on more than JAX's public functions.

`tests/unit/worker/test_jax_internals.py` has a test for each, and `docs/internals.md` a table.
"""

import contextlib
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

PROGRAMS_PER_CONTEXT = 64


def share_contexts() -> None:
    """Has JAX lower many programs of this process in one MLIR context, which saves time.

    By itself, JAX makes a context for each program. A context is used by one thread only, and a
    new one is made after some programs, because it keeps the constants of all that it has seen.
    A JAX that makes its contexts elsewhere stays as it is.
    """
    from jax._src.interpreters import mlir

    make = getattr(mlir, "make_ir_context", None)
    if make is None or hasattr(make, "context"):
        return
    context = threading.local()

    def shared() -> Any:
        if not getattr(context, "left", 0):
            context.current, context.left = make(), PROGRAMS_PER_CONTEXT
        context.left -= 1
        return context.current

    shared.context = context  # type: ignore[attr-defined]
    mlir.make_ir_context = shared


def import_first_dialect() -> None:
    """Imports what JAX would import for its first program, so that a fork has it already."""
    with contextlib.suppress(ImportError):
        import_module("jaxlib.mlir.dialects.mhlo")


def watch_primitive(name: str, used: Callable[[str], None]) -> Callable[[], None]:
    """Calls `used(name)` whenever a primitive is traced or runs alone; returns the way back.

    For both, JAX asks the primitive for the type of its result.
    """
    from jax.extend.core import primitives

    primitive = getattr(primitives, f"{name}_p")
    result_type: Callable[..., Any] = primitive.abstract_eval

    def abstract_eval(*args: Any, **params: Any) -> Any:
        used(name)
        return result_type(*args, **params)

    primitive.abstract_eval = abstract_eval
    return lambda: setattr(primitive, "abstract_eval", result_type)


def reopen_compilation_cache() -> None:
    """Makes JAX look again for its cache folder, which it does only once by itself."""
    from jax.experimental.compilation_cache import compilation_cache

    compilation_cache.reset_cache()
