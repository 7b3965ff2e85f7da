"""The system call filter of every sandbox, compiled here and loaded by the worker.

It is a list of what is allowed, so it refuses any new kernel interface. The answer to others is
"Function not implemented", after which C libraries try something older.
"""

import errno
import functools
import logging
import tempfile
from typing import Any

from ..common.errors import SandboxError
from ..worker.confine import OWN_PID

log = logging.getLogger(__name__)

# A thread that shares its descriptors: with a table of its own it would have a limit of its own.
CLONE_THREAD, CLONE_FILES = 0x00010000, 0x00000400
THREAD = CLONE_THREAD | CLONE_FILES
AF_UNIX, SOCK_STREAM, SOCK_TYPE_MASK = 1, 1, 0xF
MSG_OOB = 1
MAP_SHARED, PRIO_PROCESS = 1, 0
FIRST_CLOCK_OF_OTHERS = 16  # larger numbers, and negative ones, name processes

# What Python, NumPy, JAX and their thread pools use to compute.
ALLOWED = """
    read readv pread64 preadv write writev pwrite64 pwritev close lseek open
    openat stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat
    getdents getdents64 getcwd chdir fchdir fstatfs statfs dup dup2 dup3 pipe pipe2
    poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait
    epoll_pwait2 eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime getsockname
    getpeername getsockopt shutdown munmap mprotect mremap madvise brk msync membarrier
    mlock munlock mbind get_mempolicy set_mempolicy pkey_alloc pkey_free pkey_mprotect futex
    futex_waitv set_robust_list rseq set_tid_address arch_prctl rt_sigaction rt_sigprocmask
    rt_sigreturn rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack restart_syscall pause
    alarm setitimer getitimer gettimeofday nanosleep time times getpid getppid gettid
    getuid geteuid getgid getegid getgroups getresuid getresgid getpgrp getcpu getrandom getrlimit
    getrusage sysinfo uname umask sched_yield sched_getparam sched_getscheduler
    sched_get_priority_max sched_get_priority_min exit exit_group
""".split()

# Refused with "Operation not permitted": students may see this message, so it must be true.
NOT_PERMITTED = """
    fork vfork execve execveat tkill socket connect bind listen accept accept4 sendmsg mkdir
    mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat chmod
    fchmod fchmodat chown fchown fchownat lchown truncate ftruncate creat mknod mknodat utime
    utimes utimensat setxattr ptrace process_vm_readv process_vm_writev memfd_create unshare
    setns mount umount2 chroot setuid setgid
""".split()

# The name of a thread (set, get), and of a mapping.
PRCTL_ALLOWED = (15, 16, 0x53564D41)
# Duplicates and flags; no locks (a channel between runs), leases or signals.
FCNTL_ALLOWED = (0, 1, 2, 3, 4, 1030)
# Is it a terminal, its size, bytes waiting, non-blocking, close on exec.
IOCTL_ALLOWED = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)


@functools.cache
def compile_filter() -> str:
    """The filter as a BPF program in hexadecimal, with `OWN_PID` for the worker's process id.

    Raises SandboxError if libseccomp is missing.
    """
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxError(
            f"libseccomp, which writes the system call filter, is missing ({error}); "
            "on Debian and Ubuntu: apt-get install libseccomp2"
        ) from None
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    # Calls by another architecture's numbers. The default would end one thread, and the rest hang.
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)

    def add(action: int, name: str, *arguments: Any) -> None:
        try:
            rules.add_rule(action, name, *arguments)
        except (ValueError, OSError) as error:
            # A name that this architecture or this libseccomp doesn't know stays refused.
            log.debug("the system call %s is refused: %s", name, error)

    allow = functools.partial(add, seccomp.ALLOW)
    refuse = functools.partial(add, seccomp.ERRNO(errno.EPERM))
    arg, eq, masked = seccomp.Arg, seccomp.EQ, seccomp.MASKED_EQ
    for name in ALLOWED:
        allow(name)
    for name in NOT_PERMITTED:
        refuse(name)
    allow("clone", arg(0, masked, THREAD, THREAD))  # threads, no processes
    refuse("clone", arg(0, masked, CLONE_THREAD, 0))
    allow("close_range", arg(2, eq, 0))
    # Memory that is shared can outlive the mapping that RLIMIT_AS counts.
    allow("mmap", arg(3, masked, MAP_SHARED, 0))
    refuse("mmap", arg(3, masked, MAP_SHARED, MAP_SHARED))
    for name in ("kill", "tgkill"):  # only signals to itself: abort() ends a process like this
        allow(name, arg(0, eq, OWN_PID))
        refuse(name, arg(0, seccomp.NE, OWN_PID))
    # Allowed for the worker itself, and not for processes that run beside it.
    for name in ("sched_setaffinity", "prlimit64"):
        allow(name, arg(0, eq, 0))
    for name in ("sched_getaffinity", "getpgid", "getsid"):
        allow(name, arg(0, eq, 0))
        allow(name, arg(0, eq, OWN_PID))
    allow("getpriority", arg(0, eq, PRIO_PROCESS), arg(1, eq, 0))
    for name in ("clock_gettime", "clock_getres", "clock_nanosleep"):
        allow(name, arg(0, seccomp.LT, FIRST_CLOCK_OF_OTHERS))
    # asyncio wakes itself through a pair of stream sockets; an address would reach other programs.
    allow("socketpair", arg(0, eq, AF_UNIX), arg(1, masked, SOCK_TYPE_MASK, SOCK_STREAM))
    allow("sendto", arg(3, masked, MSG_OOB, 0), arg(4, eq, 0))
    allow("recvfrom", arg(3, masked, MSG_OOB, 0))
    for option in PRCTL_ALLOWED:
        allow("prctl", arg(0, eq, option))
    for command in FCNTL_ALLOWED:
        allow("fcntl", arg(1, eq, command))
    for request in IOCTL_ALLOWED:
        allow("ioctl", arg(1, eq, request))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read().hex()
