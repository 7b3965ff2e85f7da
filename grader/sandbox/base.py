"""What a sandbox is, and what every worker gets: an environment, limits, files to read."""

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
from types import MappingProxyType
from typing import Any, Protocol

import psutil

from ..common.errors import SandboxError
from ..common.files import package_root
from ..common.locks import temporary_folder
from ..common.xla import XLA_FLAGS
from ..course.problem import Limits

# The whole environment of a worker: nothing of the grader's own.
ENVIRONMENT = {
    "HOME": "/nonexistent",
    "USER": "student",  # the real one is drawn, and would be in messages
    "LANG": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",  # so that sets of texts, and messages with them, have one order
    "JAX_PLATFORMS": "cpu",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "MPLBACKEND": "Agg",
    # One thread each: several workers share the machine, and fewer threads are fewer stacks.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # Workers only read compiled programs: no compilation takes long enough to be written.
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "1e9",
    "JAX_PERSISTENT_CACHE_ENABLE_XLA_CACHES": "none",
    # Source locations in compiled programs take time, and nobody reads them.
    "JAX_TRACEBACK_IN_LOCATIONS_LIMIT": "0",
    "XLA_FLAGS": XLA_FLAGS,
}

SYSTEM_FILES = (
    *("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime"),
    *("/dev/null", "/dev/zero", "/dev/urandom"),
    # If XLA doesn't know the processor, it fails in some reductions of large arrays.
    *("/proc/cpuinfo", "/sys/devices/system/cpu/possible", "/sys/devices/system/cpu/present"),
)

# User ids that belong to nobody (systemd's range for dynamic users): one for each worker, so
# that the limit on threads counts only the threads of that worker.
FIRST_FREE_USER, FREE_USERS = 61184, 4000
_next_user = itertools.count(secrets.randbelow(FREE_USERS))


class Sandbox(Protocol):
    """Starts confined workers. A class that inherits from this one gets what most need."""

    name: str
    # Added to the environment that all workers have.
    environment: Mapping[str, str] = MappingProxyType({})
    # Whether a death by signal n arrives as exit status 128 + n.
    reports_signals_as_a_shell: bool = False

    def command(self, program: list[str], files: list[Path]) -> list[str]:
        """The command that runs `program` so that it can read only `files`."""
        return program

    def confinement(self, limits: Limits, files: list[Path]) -> dict[str, Any]:
        """What the worker does to itself: see the function `confinement`."""


def confinement(limits: Limits, counts_threads_alone: bool, **walls: Any) -> dict[str, Any]:
    """The confinement of one worker, as JSON-ready data.

    counts_threads_alone: whether the kernel counts the threads of this worker separately, as it
    does for a user of its own or in a user namespace. walls: values for the fields below.
    """
    threads = limits.threads + 8 * (os.cpu_count() or 1)
    if not counts_threads_alone:  # the kernel counts those that this user has already
        user = psutil.Process().username()
        found = [process.info for process in psutil.process_iter(["username", "num_threads"])]
        threads += sum(info["num_threads"] or 1 for info in found if info["username"] == user)
    return {
        "user": None,  # the unprivileged user id to become
        "readable": None,  # the paths that Landlock leaves open
        "listable": None,  # the folders that Landlock allows to be listed
        "keep_reading": False,  # whether to keep the capability to read files of other users
        "filter": None,  # the system call filter in hexadecimal
        "writable": None,  # for a worker without walls: the only folder it may write to
        # Whether JAX starts its threads before there is student code. If the kernel counts the
        # threads of all workers together, another worker could use them up.
        "start_threads": not counts_threads_alone,
        "limits": {
            "RLIMIT_AS": limits.memory_bytes,
            "RLIMIT_NOFILE": limits.open_files,
            "RLIMIT_FSIZE": limits.file_bytes,
            # 1 and not 0: at 0, a program that collects core dumps would still receive one.
            "RLIMIT_CORE": 1,
            # The kernel counts these for all processes of a user, so one must not take them all.
            "RLIMIT_SIGPENDING": 128,
            # The grader has the clock; this ends a worker whose grader is gone.
            "RLIMIT_CPU": int(4 * limits.total_seconds),
            "RLIMIT_NPROC": threads,
        },
        **walls,
    }


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def unprivileged_user() -> int | None:
    """A user id to become if the grader runs as root, else None."""
    return FIRST_FREE_USER + next(_next_user) % FREE_USERS if is_root() else None


def open_to_others(path: Path) -> bool:
    """Whether the permissions let a user that owns nothing read this path."""
    parents = (parent.stat().st_mode & 0o001 for parent in path.absolute().parents)
    return bool(path.stat().st_mode & 0o004) and all(parents)


def interpreter_files() -> list[Path]:
    """What Python and the installed libraries need to run, and no more."""
    prefix, base = Path(sys.prefix), Path(sys.base_prefix)
    wanted = [
        Path(sys.executable),
        prefix / "pyvenv.cfg",
        *(root / library for root in (prefix, base) for library in ("lib", "lib64")),
        *map(Path, site.getsitepackages()),
        Path(sysconfig.get_path("stdlib")),
        *map(Path, SYSTEM_FILES),
    ]
    wanted += [path.resolve() for path in wanted]
    found = [path for path in dict.fromkeys(wanted) if path.exists()]
    # A folder inside another folder of the list needs no entry.
    return [p for p in found if p.is_file() or not any(f in p.parents for f in found)]


@cache
def worker_folder() -> Path:
    """A folder with a copy of `grader.worker` alone: what a sandbox sees of the grader.

    In `compiled`, workers look for precompiled programs (`grader.oracle.program_cache`). This
    process removes the folder when it ends; if it is killed, the next one does.
    """
    until_exit = ExitStack()
    atexit.register(until_exit.close)
    ignore = shutil.ignore_patterns("__pycache__")
    try:
        folder = until_exit.enter_context(temporary_folder("worker"))
        shutil.copytree(package_root() / "worker", folder / "grader" / "worker", ignore=ignore)
    except OSError as error:  # a full disk
        raise SandboxError(
            f"its files could not be written to {tempfile.gettempdir()}: free some space there"
        ) from error
    (folder / "grader" / "__init__.py").touch()
    (folder / "compiled").mkdir()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    # Its files can be opened by name, but not listed, not even by their owner.
    (folder / "compiled").chmod(0o711 if is_root() else 0o311)
    return folder
