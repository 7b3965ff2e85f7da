"""Where right answers come from: the hidden reference, on the trusted side, before any worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..common.errors import CourseError
from ..course.catalogue import Entry, load_module
from ..course.problem import Case
from ..worker.jax_internals import share_contexts


class Oracle(Protocol):
    """Gives the expected output of each case, as float64, in the shape of the statement."""

    def expected(self, entry: Entry, cases: Sequence[Case]) -> list[NDArray[np.float64]]: ...


class Reference:
    """Runs `solutions/<id>/reference.py` in float64, so that its own rounding is negligible.

    JAX draws the same float32 parameters with and without x64 from the same key; only the
    arithmetic gets longer.
    """

    def expected(self, entry: Entry, cases: Sequence[Case]) -> list[NDArray[np.float64]]:
        """Raises CourseError if the reference is missing, raises, or gives no finite numbers."""
        import jax
        import jax.numpy as jnp

        share_contexts()  # most of the time here goes into small programs
        function = getattr(load_module(entry.reference), entry.problem.entry_point, None)
        if function is None:
            raise CourseError(f"{entry.reference} defines no `{entry.problem.entry_point}`.")
        answers = []
        with jax.enable_x64(True):
            for case in cases:
                arguments = [
                    jnp.asarray(a, dtype=jnp.float64) if isinstance(a, np.ndarray) else a
                    for a in case.arguments
                ]
                try:
                    answer = np.asarray(function(*arguments))
                except Exception as error:
                    raise CourseError(
                        f"{entry.reference} raised {type(error).__name__} on a case of group "
                        f"{case.group}: {error}"
                    ) from error
                if answer.dtype != np.float64 or not np.isfinite(answer).all():
                    raise CourseError(
                        f"{entry.reference} gave {answer.dtype} values, or values that are not "
                        f"finite, on a case of group {case.group}; finite float64 is needed."
                    )
                answers.append(answer)
        return answers
