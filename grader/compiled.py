"""Keeps what JAX compiles on the trusted side from run to run, in the user's cache folder.

There are two folders of it. One is the trusted side's own. The other holds what right answers
compile (`grader.ahead`), and workers get a copy of it that they can neither write nor list: a
program is found by the hash of what it was compiled from, so that only who has written a program
can read it there.
"""

from __future__ import annotations

import contextlib
import os
import stat
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

from platformdirs import user_cache_path

WORTH_KEEPING = 0.01  # seconds of compiling, below which reading a file is no gain for us
SUFFIX = "-cache"  # of JAX's files
READABLE = 0o644


def cache_folder() -> Path:
    """The trusted side's own. What is in it can be removed at any time, and costs only time."""
    return user_cache_path("vit-input-exercises") / "compiled-2"


def ahead_folder() -> Path:
    """What is compiled for workers. It too can be removed at any time."""
    return cache_folder().with_name("for-workers-1")


def keep_compiled(folder: Path | None = None, worth_keeping: float = WORTH_KEEPING) -> None:
    """From now on, this process looks there first (by default in the trusted side's own folder).

    JAX keys it by version, flags and machine.

    What is loaded is run, so a folder that others can write is not used. A folder that can't be
    used, or a file in it that can't be read, costs only time.
    """
    folder = folder or cache_folder()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not ours(folder):
        return
    import jax

    update = jax.config.update
    update("jax_compilation_cache_dir", str(folder))  # type: ignore[no-untyped-call]
    update("jax_persistent_cache_min_compile_time_secs", worth_keeping)  # type: ignore
    update("jax_persistent_cache_min_entry_size_bytes", -1)  # type: ignore[no-untyped-call]
    # Workers can read some of it, and it is not to say which lines of the reference led to it.
    update("jax_traceback_in_locations_limit", 0)  # type: ignore[no-untyped-call]
    update("jax_include_full_tracebacks_in_locations", False)  # type: ignore[no-untyped-call]
    update("jax_hlo_source_file_canonicalization_regex", ".*")  # type: ignore[no-untyped-call]
    # These other caches would make the name of this folder a part of every key.
    update("jax_persistent_cache_enable_xla_caches", "none")  # type: ignore[no-untyped-call]
    warnings.filterwarnings("ignore", message="Error (reading|writing) persistent compilation")


def names_of_programs() -> list[str]:
    """Of the files of what is compiled for workers."""
    source = ahead_folder()
    with contextlib.suppress(OSError):
        if ours(source):
            return [name for name in os.listdir(source) if name.endswith(SUFFIX)]
    return []


def programs() -> dict[str, bytes]:
    """What is compiled for workers, by its names. What can't be read costs only time."""
    found: dict[str, bytes] = {}
    for name in names_of_programs():
        with contextlib.suppress(OSError):
            found[name] = (ahead_folder() / name).read_bytes()
    return found


def share(found: Mapping[str, bytes], destination: Path) -> None:
    """Puts programs where workers can read them by their names. What can't be written costs only
    time.
    """
    for name, data in found.items():
        path = destination / name
        with contextlib.suppress(OSError):
            if not path.exists():
                path.write_bytes(data)
                path.chmod(READABLE)


def share_ours(names: Iterable[str], destination: Path) -> None:
    """The same for what is kept here. A link is made in a tenth of the time that a copy takes, and
    a worker can change neither.
    """
    for name in names:
        path = ahead_folder() / name
        try:
            path.chmod(READABLE)  # whoever wrote it, workers may run as another user
            os.link(path, destination / name)
        except FileExistsError:
            pass
        except OSError:  # another file system, say
            with contextlib.suppress(OSError):
                share({name: path.read_bytes()}, destination)


def ours(folder: Path) -> bool:
    """Whether only this user can have written what is in a folder."""
    try:
        status = folder.stat()
    except OSError:
        return False
    if not stat.S_ISDIR(status.st_mode):
        return False
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)
