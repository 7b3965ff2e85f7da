"""Keeps what JAX compiles on the trusted side from run to run, in the user's cache folder."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from platformdirs import user_cache_path

WORTH_KEEPING = 0.01  # seconds of compiling, below which reading a file is no gain


def cache_folder() -> Path:
    """What is in it can be removed at any time, and costs only time."""
    return user_cache_path("vit-input-exercises") / "compiled"


def keep_compiled() -> None:
    """From now on, this process looks there first. JAX keys it by version, flags and machine.

    What is loaded is run, so a folder that others can write is not used. A folder that can't be
    used, or a file in it that can't be read, costs only time.
    """
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = folder.stat()
    except OSError:
        return
    if os.name == "posix" and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
        return
    import jax

    update = jax.config.update
    update("jax_compilation_cache_dir", str(folder))  # type: ignore[no-untyped-call]
    update("jax_persistent_cache_min_compile_time_secs", WORTH_KEEPING)  # type: ignore
    update("jax_persistent_cache_min_entry_size_bytes", -1)  # type: ignore[no-untyped-call]
    warnings.filterwarnings("ignore", message="Error (reading|writing) persistent compilation")
