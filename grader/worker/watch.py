"""Watches which of the JAX primitives that a problem forbids are traced or run.

The watch lives beside the student's code. It sees every honest use of a primitive, through jit,
vmap, scan or custom derivatives alike, because JAX derives a result type for each primitive it
traces and for each it runs on its own. Someone bent on hiding a primitive from it can.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterable
from typing import Any

from .frames import Use
from .source import place


class Watch:
    """Remembers which of the forbidden JAX primitives were traced or run since `clear`."""

    def __init__(self, names: Iterable[str]):
        self.seen: dict[str, Use] = {}
        self._spied: list[tuple[Any, Callable[..., Any]]] = []
        wanted = set(names)
        if wanted:
            from jax.extend.core import primitives

            for name in wanted:
                self._spy(name, getattr(primitives, f"{name}_p"))

    def clear(self) -> None:
        """Forgets what was seen so far."""
        self.seen.clear()

    def stop(self) -> None:
        """Leaves JAX as it was."""
        for primitive, typed in self._spied:
            primitive.abstract_eval = typed
        self._spied.clear()

    def _spy(self, name: str, primitive: Any) -> None:
        typed: Callable[..., Any] = primitive.abstract_eval
        self._spied.append((primitive, typed))

        def abstract_eval(*args: Any, **params: Any) -> Any:
            self.seen.setdefault(name, Use(name, *_caller()))
            return typed(*args, **params)

        primitive.abstract_eval = abstract_eval


def _caller() -> tuple[str, ...]:
    """The innermost line of the submission that is being run."""
    frame: types.FrameType | None = sys._getframe()
    while frame is not None:
        found = place(frame.f_code.co_filename, frame.f_lineno)
        if found:
            return found
        frame = frame.f_back
    return ()
