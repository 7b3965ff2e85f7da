"""Keeps what JAX compiles on the trusted side from run to run, in the user's cache folder.

One folder of it is the trusted side's own: what the reference and the known mistakes compile stays
there. The others, one for each problem, hold what `solutions/<id>/warm_up.py` compiles
(`grader.oracle.compile_ahead`), and workers find all of that where they can neither write nor list:
a program goes by the hash of what it was compiled from. By asking for many, a submission can learn
what is there. That is what the statement spells out, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import stat
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

from ..common.versions import versions
from ..common.xla import XLA_FLAGS
from ..course.catalogue import Entry

log = logging.getLogger(__name__)

WORTH_KEEPING = 0.01  # seconds of compiling, below which reading a file is no gain for us
READABLE = 0o644


def cache_folder(name: str = "compiled-2") -> Path:
    """One of ours, by default that of the trusted side's programs. Removing it costs only time."""
    return user_cache_path("vit-input-exercises") / name


def warm_folder(entry: Entry) -> Path:
    """What a problem's `warm_up.py`, as it is now, has compiled on this kind of machine."""
    what = [entry.warm_up.read_text(), versions(), XLA_FLAGS, _processor()]
    digest = hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]
    return cache_folder("warm-1") / f"{entry.id}-{digest}"


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith("model name")), "")


def keep_compiled(folder: Path | None = None, worth_keeping: float = WORTH_KEEPING) -> None:
    """From now on, this process looks there first (by default in the trusted side's own folder).

    JAX keys it by version, flags and machine.

    What is loaded is run, so a folder that others can write is not used. If it can't be, none is:
    what was meant for it must not end up in the one before. That, or a file that can't be read,
    costs only time.
    """
    folder = folder or cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        log.info("nothing that is compiled is kept: %s", error)
    else:
        if not ours(folder):
            log.info("nothing that is compiled is kept: others can write to %s", folder)
    import jax
    from jax.experimental.compilation_cache import compilation_cache

    update = jax.config.update
    used = str(folder) if ours(folder) else None
    update("jax_compilation_cache_dir", used)  # type: ignore[no-untyped-call]
    update("jax_persistent_cache_min_compile_time_secs", worth_keeping)  # type: ignore
    update("jax_persistent_cache_min_entry_size_bytes", -1)  # type: ignore[no-untyped-call]
    # A program would hold the paths and lines of ours that led to it, and workers can read some.
    update("jax_traceback_in_locations_limit", 0)  # type: ignore[no-untyped-call]
    update("jax_include_full_tracebacks_in_locations", False)  # type: ignore[no-untyped-call]
    update("jax_hlo_source_file_canonicalization_regex", ".*")  # type: ignore[no-untyped-call]
    # These other caches would make the name of this folder a part of every key.
    update("jax_persistent_cache_enable_xla_caches", "none")  # type: ignore[no-untyped-call]
    compilation_cache.reset_cache()  # to another folder's
    warnings.filterwarnings("ignore", message="Error (reading|writing) persistent compilation")


def programs(entry: Entry) -> list[Path]:
    """The files of what workers may find for a problem."""
    if not entry.warm_up.is_file() or not ours(folder := warm_folder(entry)):
        return []
    return sorted(folder.glob("*-cache"))  # as JAX names them


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
    """Puts programs where workers can read them by their names. What can't be written costs only
    time.
    """
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
            path.chmod(READABLE)  # whoever wrote it, workers may run as another user
            os.link(path, destination / path.name)
        except FileExistsError:
            pass
        except OSError:  # another file system, say
            share(contents([path]), destination)


def ours(folder: Path) -> bool:
    """Whether only this user can have written what is in a folder."""
    try:
        status = folder.stat()
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)
