"""Keeps what JAX compiles on the trusted side from run to run, in the user's cache folder.

One folder is the trusted side's own, for the reference. Workers can read the others, one for each
problem, but neither write nor list them. They hold what `solutions/<id>/warm_up.py` compiles
(`grader.oracle.compile_ahead`): what the statement spells out, and nothing else. A program's name
is the hash of what it was compiled from, so a submission that tries many can learn what is there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import warnings
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

from ..common.folders import open_folder, replaceable
from ..common.versions import versions
from ..common.xla import XLA_FLAGS
from ..course.catalogue import Entry
from ..worker.jax_internals import reopen_compilation_cache

log = logging.getLogger(__name__)

WORTH_KEEPING = 0.01  # seconds of compiling, below which reading a file is no gain for us
READABLE = 0o644


def cache_folder() -> Path:
    """Holds a folder for each kind of cached data. Removing any of them costs only time."""
    return user_cache_path("vit-input-exercises")


def private_folder(*names: str) -> Path | None:
    """A folder in the cache, made if it is missing. None if it can't be, or if others can write."""
    folder = cache_folder()
    try:
        with ExitStack() as stack:
            opened = stack.enter_context(open_folder(folder, make=0o700))
            private = opened.is_private() and not replaceable(folder)
            for name in names:
                opened = stack.enter_context(opened.inside(name, make=0o700))
                private = private and opened.is_private()
    except OSError as error:
        log.info("nothing can be kept in %s: %s", folder, error)
        return None
    if not private:
        log.info("nothing can be kept in %s: others can write to it", folder)
        return None
    return folder.joinpath(*names)


def warm_folder(entry: Entry) -> Path | None:
    """What a problem's `warm_up.py`, as it is now, has compiled on this kind of machine. None if
    the problem has none, or if nothing can be kept.
    """
    if not entry.warm_up.is_file():
        return None
    what = [entry.warm_up.read_text(), versions(), XLA_FLAGS, _processor()]
    digest = hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]
    return private_folder("warm-2", f"{entry.id}-{digest}")


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith("model name")), "")


def keep_compiled() -> None:
    """Makes JAX keep what this process compiles in the trusted side's folder, and look there first.

    What is loaded is run, so a folder that others can write to is not used.
    """
    import jax

    folder = private_folder("compiled-2")
    update = jax.config.update
    update("jax_compilation_cache_dir", folder and str(folder))  # type: ignore[no-untyped-call]
    update("jax_persistent_cache_min_compile_time_secs", WORTH_KEEPING)  # type: ignore
    update("jax_persistent_cache_min_entry_size_bytes", -1)  # type: ignore[no-untyped-call]
    # These other caches would make the name of this folder a part of every key.
    update("jax_persistent_cache_enable_xla_caches", "none")  # type: ignore[no-untyped-call]
    reopen_compilation_cache()
    warnings.filterwarnings("ignore", message="Error (reading|writing) persistent compilation")


def programs(entry: Entry) -> list[Path]:
    """The files of what workers may find for a problem."""
    folder = warm_folder(entry)
    return sorted(folder.glob("*-cache")) if folder else []  # as JAX names them


def contents(files: Iterable[Path]) -> dict[str, bytes]:
    """By their names. What can't be read costs only time."""
    found: dict[str, bytes] = {}
    for path in files:
        try:
            found[path.name] = path.read_bytes()
        except OSError as error:
            log.info("a compiled program can't be read: %s", error)
    return found


def share(found: Mapping[str, bytes], destination: Path) -> None:
    """Puts programs where workers can read them. What can't be written costs only time."""
    for name, data in found.items():
        path = destination / name
        try:
            if not path.exists():
                path.write_bytes(data)
                path.chmod(READABLE)
        except OSError as error:
            log.info("a compiled program can't be shared with workers: %s", error)


def share_ours(files: Iterable[Path], destination: Path) -> None:
    """Shares programs that are kept here. A link is made in a fifth of the time that a copy takes,
    and a worker can change neither.
    """
    for path in files:
        try:
            path.chmod(READABLE)  # workers may run as another user
            os.link(path, destination / path.name)
        except OSError:  # it is there, or on another file system
            share(contents([path]), destination)
