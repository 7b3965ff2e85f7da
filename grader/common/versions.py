"""The versions that numbers and reports depend on."""

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from .files import package_root

PACKAGES = {"numpy": "numpy", "jax": "jax", "flax": "flax", "grader": "vit-input-exercises"}


@cache
def versions() -> dict[str, str]:
    """The versions of everything that decides a number."""
    found = {"python": platform.python_version()}
    for name, package in PACKAGES.items():
        try:
            found[name] = version(package)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


@cache
def conditions() -> dict[str, str]:
    """The versions and a digest of the package's own files, which a kept report depends on."""
    digest = hashlib.sha256()  # the grader may change between two versions
    root = package_root()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return {**versions(), "the grader's files": digest.hexdigest()[:16]}
