"""Versions of everything that decides a number."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def versions() -> dict[str, str]:
    """Versions of everything that decides a number."""
    found = {"python": platform.python_version()}
    for name, package in (
        ("numpy", "numpy"),
        ("jax", "jax"),
        ("flax", "flax"),
        ("grader", "vit-input-exercises"),
    ):
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
