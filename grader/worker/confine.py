"""Gives up, for good, everything that a submission doesn't need. A worker does this first.

The order matters. The user changes first, because this resets the death signal. Then comes
Landlock, which opens files; then the limits. The system call filter is last, because it refuses
all of the above. No other thread may exist yet, because each step binds only the calling thread and
those that it starts later.
"""

import ctypes
import errno
import os
import signal
import struct
import sys
from collections.abc import Callable
from typing import Any

# Stands for the worker's process id in the filter, which is compiled before the worker starts.
OWN_PID = 0x7F5EA1ED

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 8, 22, 38
SECCOMP_MODE_FILTER = 2
CAP_DAC_READ_SEARCH = 2
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_ACCESS_FS_READ_DIR, LANDLOCK_RULE_PATH_BENEATH = 1 << 3, 1
LINUX_CAPABILITY_VERSION_3 = 0x20080522


def confine(spec: dict[str, Any]) -> None:
    """Confines this process as `spec` says; `grader.sandbox.base.confinement` explains it."""
    if spec["user"] is not None:
        become(spec["user"], keep_reading=spec["keep_reading"])
    if spec["writable"] is not None:
        keep_from_writing(spec["writable"])
        keep_to_libraries()
    if not sys.platform.startswith("linux"):
        return  # only a bare worker gets here, and other systems' limits differ
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if spec["readable"] is not None:
        close_file_system(spec["readable"])
        keep_from_listing(spec["listable"])
    limit_resources(spec["limits"])
    if spec["filter"] is not None:
        load_filter(bytes.fromhex(spec["filter"]))


def keep_from_writing(but: str) -> None:
    """Refuses to Python code to write files outside this folder.

    It is not a wall. It is for `grader check`, whose worker has no walls: a function that writes a
    file fails there in the same line as in grading, so students learn it before they hand in.
    """
    inside = os.path.join(os.path.realpath(but), "")
    writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in ("open", "os.mkdir", "os.remove", "os.rmdir", "os.rename"):
            return
        path, *_, flags = arguments
        if event == "open" and (not isinstance(flags, int) or not flags & writes):
            return
        if not isinstance(path, str | bytes) or os.fsdecode(path) == os.devnull:
            return
        if not os.path.realpath(os.fsdecode(path)).startswith(inside):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    sys.addaudithook(hook)


def keep_to_libraries() -> None:
    """Imports modules only from the folders that are in `sys.path` now.

    It is not a wall either. What a student puts into `sys.path` is not there in grading.
    """
    libraries = tuple(os.path.join(os.path.abspath(folder), "") for folder in sys.path)

    def kept(hook: Callable[[str], Any]) -> Callable[[str], Any]:
        def find(folder: str) -> Any:
            if not os.path.join(os.path.abspath(folder), "").startswith(libraries):
                raise ImportError("no folder of libraries", path=folder)
            return hook(folder)

        return find

    sys.path_hooks[:] = map(kept, sys.path_hooks)


def become(user: int, keep_reading: bool) -> None:
    """Changes from root to the unprivileged `user`, so that RLIMIT_NPROC counts its threads.

    `keep_reading` keeps the capability to read files of other users. It is for Landlock, which
    restricts files by path: the Python in use may be in root's home.
    """
    if keep_reading:
        prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    kept = 1 << CAP_DAC_READ_SEARCH if keep_reading else 0
    this_process = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    # effective, permitted, inheritable: the low words, then the high words
    sets = (ctypes.c_uint32 * 6)(kept, kept, 0, 0, 0, 0)
    call_libc("capset", this_process, sets)


def close_file_system(readable: list[str]) -> None:
    """Leaves only the given paths readable, and nothing but /dev/null writable."""
    import sandlock

    sandlock.confine(
        sandlock.Sandbox(
            fs_readable=readable,
            fs_writable=["/dev/null"],
            # Only newer kernels can restrict these. The filter refuses both on every kernel.
            allow_degraded=[
                sandlock.Protection.SIGNAL_SCOPE,
                sandlock.Protection.ABSTRACT_UNIX_SOCKET_SCOPE,
            ],
        )
    )


def keep_from_listing(but: list[str]) -> None:
    """Refuses to list folders that are not below these. Their files can still be opened by name.

    This is a separate Landlock ruleset (landlock(7)), because `sandlock` can't express it.
    """
    handled = struct.pack("Q", LANDLOCK_ACCESS_FS_READ_DIR)
    size = ctypes.c_size_t(len(handled))
    ruleset = call_libc("syscall", LANDLOCK_CREATE_RULESET, handled, size, 0)
    for path in filter(os.path.isdir, but):
        folder = os.open(path, os.O_PATH)
        rule = struct.pack("=Qi", LANDLOCK_ACCESS_FS_READ_DIR, folder)
        call_libc("syscall", LANDLOCK_ADD_RULE, ruleset, LANDLOCK_RULE_PATH_BENEATH, rule, 0)
        os.close(folder)
    call_libc("syscall", LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def limit_resources(limits: dict[str, int]) -> None:
    """Sets each limit, hard and soft, by names such as `RLIMIT_AS`."""
    import resource

    for name, value in limits.items():
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(number, (value, value))


def load_filter(program: bytes) -> None:
    """Loads a system call filter, with this process's id in place of `OWN_PID`."""
    instruction = struct.Struct("HBBI")
    mine = [
        instruction.pack(code, jt, jf, os.getpid() if value == OWN_PID else value)
        for code, jt, jf, value in instruction.iter_unpack(program)
    ]
    code = ctypes.create_string_buffer(b"".join(mine))
    # struct sock_fprog: the number of instructions, and their address
    header = struct.pack("HP", len(mine), ctypes.addressof(code))
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.create_string_buffer(header))


def prctl(option: int, argument: int, pointer: Any = 0) -> None:
    call_libc("prctl", option, ctypes.c_ulong(argument), pointer, 0, 0)


def call_libc(name: str, *arguments: Any) -> int:
    """Calls a function of the C library. Raises OSError if it fails."""
    result: int = getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{name}{arguments}")
    return result
