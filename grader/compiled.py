"""Keeps what JAX compiles on the trusted side from run to run, in the user's cache folder.

Workers are given a copy of very little of it: JAX's own random samplers, which are most of what a
right answer waits for (about a second for each new shape of a kernel). Whatever else was compiled
here may contain the reference.
"""

from __future__ import annotations

import contextlib
import os
import stat
import warnings
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_cache_path

SAMPLERS = ("_truncated_normal", "_normal", "_uniform")  # private functions of `jax.random`
WORTH_KEEPING = 0.01  # seconds of compiling, below which reading a file is no gain


def cache_folder() -> Path:
    """What is in it can be removed at any time, and costs only time."""
    return user_cache_path("vit-input-exercises") / "compiled-2"


def keep_compiled() -> None:
    """From now on, this process looks there first. JAX keys it by version, flags and machine.

    What is loaded is run, so a folder that others can write is not used. A folder that can't be
    used, or a file in it that can't be read, costs only time.
    """
    folder = cache_folder()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not _ours(folder):
        return
    import jax

    update = jax.config.update
    update("jax_compilation_cache_dir", str(folder))  # type: ignore[no-untyped-call]
    update("jax_persistent_cache_min_compile_time_secs", WORTH_KEEPING)  # type: ignore
    update("jax_persistent_cache_min_entry_size_bytes", -1)  # type: ignore[no-untyped-call]
    # Workers can read some of it, and it is not to say which lines of the reference led to it.
    update("jax_traceback_in_locations_limit", 0)  # type: ignore[no-untyped-call]
    update("jax_include_full_tracebacks_in_locations", False)  # type: ignore[no-untyped-call]
    update("jax_hlo_source_file_canonicalization_regex", ".*")  # type: ignore[no-untyped-call]
    # These other caches would make the name of this folder a part of every key.
    update("jax_persistent_cache_enable_xla_caches", "none")  # type: ignore[no-untyped-call]
    warnings.filterwarnings("ignore", message="Error (reading|writing) persistent compilation")


def samplers() -> dict[str, bytes]:
    """The compiled samplers, by the names of their files. What can't be read costs only time."""
    source = cache_folder()
    found: dict[str, bytes] = {}
    for name in SAMPLERS if _ours(source) else ():
        for path in source.glob(f"jit_{name}-*"):
            with contextlib.suppress(OSError):
                found[path.name] = path.read_bytes()
    return found


def share_samplers(found: Mapping[str, bytes], destination: Path) -> None:
    """Puts samplers where workers can read them. What can't be written costs only time."""
    if found:
        destination.mkdir(exist_ok=True)
        destination.chmod(0o755)
    for name, data in found.items():
        path = destination / name
        with contextlib.suppress(OSError):
            if not path.exists():
                path.write_bytes(data)
                path.chmod(0o644)


def _ours(folder: Path) -> bool:
    """Whether only this user can have written what is in a folder."""
    try:
        status = folder.stat()
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)
