"""A case's arguments, from the bytes that came for them."""

from __future__ import annotations

from typing import Any


def build_arguments(fields: dict[str, Any], blobs: list[bytes]) -> list[Any]:
    """A case's arguments, made anew for this call."""
    import jax
    import numpy as np

    arguments: list[Any] = []
    arrays = iter(blobs)
    for argument in fields["arguments"]:
        if argument["type"] == "array":
            flat = np.frombuffer(next(arrays), dtype=argument["dtype"])
            array = flat.reshape(argument["shape"])
            if fields["arrays"] == "jax":
                # Not `jnp.array`, which would compile a program for each shape.
                arguments.append(jax.device_put(array.copy()))
            else:
                arguments.append(array if fields["arrays"] == "read-only" else array.copy())
        elif argument["type"] == "numpy":
            arguments.append(np.dtype(argument["dtype"]).type(argument["value"]))
        else:
            arguments.append(argument["value"])
    return arguments
