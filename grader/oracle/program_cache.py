"""Keeps what JAX compiles on the trusted side from run to run, in the user's cache folder.

One folder of it is the trusted side's own. The others, one for each problem, hold what right
answers compile (`grader.oracle.compile_ahead`), and workers find some of that where they can
neither write nor list: a program goes by the hash of what it was compiled from. Still, by
asking for many a submission could learn, step by step, what right answers run. So only those
programs are there that say nothing of it: JAX's random samplers, and of the reference's what a
problem's author has named (`Problem.given_away`).
"""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from platformdirs import user_cache_path

from ..course.catalogue import Entry

log = logging.getLogger(__name__)

SUFFIX = "-cache"  # of JAX's files
WORTH_KEEPING = 0.01  # seconds of compiling, below which reading a file is no gain for us
READABLE = 0o644
REFERENCE, ALL = "reference", "all"
SAMPLERS = ("_threefry*", "_normal*", "_truncated_normal", "_uniform", "_randint", "_bernoulli")


def cache_folder() -> Path:
    """The trusted side's own. What is in it can be removed at any time, and costs only time."""
    return user_cache_path("vit-input-exercises") / "compiled-2"


def ahead_folder(problem_id: str) -> Path:
    """What right answers to a problem compile, in a folder for the reference's programs and one
    for all. It too can be removed at any time.
    """
    return cache_folder().with_name("ahead-2") / problem_id


def keep_compiled(folder: Path | None = None, worth_keeping: float = WORTH_KEEPING) -> None:
    """From now on, this process looks there first (by default in the trusted side's own folder).

    JAX keys it by version, flags and machine.

    What is loaded is run, so a folder that others can write is not used. Where it can't be, none
    is: what was meant for it must not end up in the one before. That, or a file that can't be read,
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
    # Workers can read some of it, and it is not to say which lines of the reference led to it.
    update("jax_traceback_in_locations_limit", 0)  # type: ignore[no-untyped-call]
    update("jax_include_full_tracebacks_in_locations", False)  # type: ignore[no-untyped-call]
    update("jax_hlo_source_file_canonicalization_regex", ".*")  # type: ignore[no-untyped-call]
    # These other caches would make the name of this folder a part of every key.
    update("jax_persistent_cache_enable_xla_caches", "none")  # type: ignore[no-untyped-call]
    compilation_cache.reset_cache()  # to another folder's
    warnings.filterwarnings("ignore", message="Error (reading|writing) persistent compilation")


def programs(entry: Entry) -> list[Path]:
    """The files of what workers may find of what right answers to a problem compile."""
    both = ahead_folder(entry.id)
    of_reference = _named((*SAMPLERS, *entry.problem.given_away), both / REFERENCE)
    return [*of_reference, *_named(SAMPLERS, both / ALL)]


def draws(entry: Entry) -> bool:
    """Whether the reference has drawn random numbers with JAX, as far as it has been compiled."""
    return any(_named(SAMPLERS, ahead_folder(entry.id) / REFERENCE))


def _named(patterns: Sequence[str], folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        for file in os.listdir(folder) if ours(folder) else ():
            name = file.removeprefix("jit_").rsplit("-", 2)[0]  # before JAX's hash and suffix
            if file.endswith(SUFFIX) and any(fnmatchcase(name, pattern) for pattern in patterns):
                yield folder / file


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
    """The same for what is kept here. A link is made in a tenth of the time that a copy takes, and
    a worker can change neither.
    """
    for path in files:
        try:
            path.chmod(READABLE)  # whoever wrote it, workers may run as another user
            os.link(path, destination / path.name)
        except FileExistsError:
            pass  # it was shared before
        except OSError as error:  # another file system, say
            log.debug("a compiled program is copied and not linked: %s", error)
            with contextlib.suppress(OSError):
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
