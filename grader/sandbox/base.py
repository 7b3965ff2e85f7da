"""What a sandbox is, and what every worker is given: environment, limits, files to read."""

from __future__ import annotations

import atexit
import itertools
import os
import secrets
import shutil
import site
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from ..common.errors import SandboxError
from ..common.files import package_root
from ..common.locks import temporary_folder
from ..common.xla import XLA_FLAGS
from ..course.problem import Limits

# The whole environment of a worker: nothing of the grader's own.
ENVIRONMENT = {
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "JAX_PLATFORMS": "cpu",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "MPLBACKEND": "Agg",
    # One thread each: several workers share the machine, and fewer threads are fewer stacks.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # Compiled programs are only read: nothing takes so long that it would be written.
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "1e9",
    "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",
    # Each step of a program would say which lines led to it: nobody reads that, and it takes time.
    "JAX_TRACEBACK_IN_LOCATIONS_LIMIT": "0",
    "XLA_FLAGS": XLA_FLAGS,
}

PROCESSOR_FILES = (
    "/proc/cpuinfo",
    "/sys/devices/system/cpu/possible",
    "/sys/devices/system/cpu/present",
)

# User ids that belong to nobody (systemd's range for dynamic users): one for each worker, so
# that the limit on threads counts that worker's alone.
FIRST_FREE_USER, FREE_USERS = 61184, 4000
_next_user = itertools.count(secrets.randbelow(FREE_USERS))


class Sandbox(Protocol):
    """Starts confined workers."""

    name: str
    confines: bool
    environment: Mapping[str, str]  # of its workers, on top of what all workers have
    reports_signals_as_a_shell: bool  # whether a death by signal n comes as exit status 128 + n

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        """The command that runs `program` where only `files` can be read."""
        ...

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        """What the worker does to itself; the fields are those of `confinement` below."""
        ...


def confinement(
    limits: Limits,
    *,
    user: int | None = None,
    readable: list[Path] | None = None,
    listable: list[Path] | None = None,
    system_calls: bytes | None = None,
    counts_threads_alone: bool = False,
) -> dict[str, Any]:
    """The confinement of one worker, as JSON-ready data.

    `user`: the unprivileged user id to become, or None. `readable`: the paths that Landlock
    leaves open, or None for no Landlock; `listable`: those of them whose folders can be listed.
    `system_calls`: the filter to load, or None for none.
    `counts_threads_alone`: whether the kernel counts this worker's threads apart from others of
    the same user, as it does for a user of its own or in a user namespace.
    """
    threads = limits.threads + 8 * (os.cpu_count() or 1)
    if not counts_threads_alone:
        threads += threads_in_use()
    return {
        "user": user,
        "readable": None if readable is None else [str(path) for path in readable],
        # Of these, the folders that Landlock lets be listed; None for no such rule.
        "listable": None if listable is None else [str(path) for path in listable],
        # The one capability that reads files of others goes with the rest, unless Python itself
        # lies where only root can read it: Landlock restricts by path, but `stat` it doesn't.
        "keep_reading": readable is not None and not all(map(open_to_others, readable)),
        # Where the kernel counts threads of all workers together, one worker could use them up:
        # JAX then starts its own before there is any student code.
        "start_threads": not counts_threads_alone,
        # Under no walls, the one folder that Python code may write to; None is for no such rule.
        "writable": None,
        "filter": None if system_calls is None else system_calls.hex(),
        "limits": {
            "RLIMIT_AS": limits.memory_bytes,
            "RLIMIT_NOFILE": limits.open_files,
            "RLIMIT_FSIZE": limits.file_bytes,
            # 1 and not 0: at 0 a program that collects cores would still be handed one.
            "RLIMIT_CORE": 1,
            # Counted for all of a user's processes, so one must not take them all.
            "RLIMIT_SIGPENDING": 128,
            # The clock is the parent's; this ends a worker whose parent is gone.
            "RLIMIT_CPU": int(4 * limits.total_seconds),
            "RLIMIT_NPROC": threads,
        },
    }


def unprivileged_user() -> int | None:
    """A user id to become where the grader runs as root, else None."""
    if os.geteuid() != 0:
        return None
    return FIRST_FREE_USER + next(_next_user) % FREE_USERS


def open_to_others(path: Path) -> bool:
    """Whether a user that owns nothing can read this path, going by its permissions."""
    parents = (parent.stat().st_mode & 0o001 for parent in path.absolute().parents)
    return bool(path.stat().st_mode & 0o004) and all(parents)


def threads_in_use() -> int:
    """Threads of the current user: RLIMIT_NPROC counts these too outside a user namespace."""
    count, me = 0, os.getuid()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == me:
                count += len(os.listdir(process / "task"))
        except OSError:  # it ended, or its tasks are not ours to see
            count += 1
    return count


def interpreter_files() -> list[Path]:
    """What Python and the installed libraries need to run, and no more.

    The environment's packages, the interpreter and its standard library, the system's shared
    libraries, and the three devices that libraries read.
    """
    prefix, base = Path(sys.prefix), Path(sys.base_prefix)
    wanted = [
        Path(sys.executable),
        Path(sys.executable).resolve(),
        prefix / "pyvenv.cfg",
        prefix / "lib",
        prefix / "lib64",
        base / "lib",
        base / "lib64",
        *(Path(path) for path in site.getsitepackages()),
        Path(sysconfig.get_path("stdlib")),
        *(Path(path) for path in ("/lib", "/lib64", "/usr/lib", "/usr/lib64")),
        *(Path(path) for path in ("/etc/ld.so.cache", "/etc/localtime")),
        *(Path(path) for path in ("/dev/null", "/dev/zero", "/dev/urandom")),
        # What kind of processor it is: without it, XLA fails in some reductions of large arrays.
        *(Path(path) for path in PROCESSOR_FILES),
    ]
    wanted += [path.resolve() for path in wanted]
    found = [path for path in dict.fromkeys(wanted) if path.exists()]
    # A folder that lies in another one of the list needs no entry of its own.
    return [p for p in found if p.is_file() or not any(f in p.parents for f in found)]


@cache
def worker_folder() -> Path:
    """A folder with a copy of `grader.worker` alone: what a sandbox sees of the grader.

    In `compiled`, workers look for programs that were compiled before
    (`grader.oracle.program_cache`). The folder is made once, and removed when this process ends;
    if it is killed, by the next.
    """
    until_exit = ExitStack()
    atexit.register(until_exit.close)
    source = package_root() / "worker"
    ignore = shutil.ignore_patterns("__pycache__")
    try:
        folder = until_exit.enter_context(temporary_folder("worker"))
        shutil.copytree(source, folder / "grader" / "worker", ignore=ignore)
    except OSError as error:  # a full disk
        raise SandboxError(
            f"its files could not be written to {tempfile.gettempdir()}: make room there"
        ) from error
    (folder / "grader" / "__init__.py").touch()
    (folder / "compiled").mkdir()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    # What is in it can be opened by name and not be listed, by its owner neither.
    (folder / "compiled").chmod(0o711 if os.geteuid() == 0 else 0o311)
    return folder
