"""Submissions that ask the system for what they must not get.

Many run one after another in one worker, which says of each whether the system refused.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass

X86_64 = platform.machine() == "x86_64"


# --- what the system must refuse ----------------------------------------------------------------


@dataclass(frozen=True)
class Try:
    """Asks the system for something; the sign of failure is that `source` ends in an OSError.

    `alone`: whether it works where nothing confines it, and is safe to run there. It is false
    where even a plain process needs privileges, or where a try that works would do damage.
    """

    wants: str
    source: str
    alone: bool = True


# In these sources `world` names what lies outside (see `World.names`), and `raw` makes a system
# call by its x86-64 number and raises OSError where it fails.
FILES = ("read", "append", "truncate", "rename", "unlink", "link", "chmod", "utime", "lock")
TRIES = [
    # the reference, other submissions, the grader's environment, /proc
    Try(
        "list the compiled programs",
        'import os; os.listdir(os.environ["JAX_COMPILATION_CACHE_DIR"])',
        alone=False,
    ),
    Try("read a file that is open to all", "open(world['folder'] + '/read').read()"),
    Try("read the reference", "open(world['reference']).read()"),
    Try("read another student's submission", "open(world['other']).read()"),
    Try("list the folder of submissions", "os.listdir(world['folder'])"),
    Try("list the solutions", "os.listdir(os.path.dirname(world['reference']))"),
    Try("read the list of users", "open('/etc/passwd').read()"),
    Try(
        "list the processes",
        "os.stat('/proc/' + next(filter(str.isdigit, os.listdir('/proc')), 'none'))",
    ),
    Try("read its own environment from /proc", "open('/proc/self/environ', 'rb').read()"),
    Try("read the grader's environment", "open(f'/proc/{world[\"grader\"]}/environ', 'rb').read()"),
    Try("read the grader's memory", "open(f'/proc/{world[\"grader\"]}/mem', 'rb')"),
    Try("list the grader's files", "os.listdir(f'/proc/{world[\"grader\"]}/fd')"),
    Try("rewrite its own memory through /proc", "open('/proc/self/mem', 'r+b')"),
    Try(
        "find the grader's secrets in its environment",
        "if 'GRADER_SECRET' in os.environ or len(os.environ) > 20: raise SystemExit\n"
        "raise OSError('not there')",
        alone=False,
    ),
    Try(
        "find a file of the grader's that was left open",
        "for fd in range(256):\n"
        "    with contextlib.suppress(OSError):\n"
        "        if os.pread(fd, 99, 0): break\n"
        "else: raise OSError('none is')",
        alone=False,
    ),
    Try("see what the machine is busy with", "open('/proc/loadavg').read()"),
    Try("read the kernel's settings", "open('/proc/sys/kernel/core_pattern').read()"),
    Try("change the kernel's settings", "open('/proc/sys/kernel/core_pattern', 'w')", alone=False),
    Try("list its own open files", "os.listdir('/proc/self/fd')"),
    Try("list the disks", "open('/proc/mounts').read()"),
    Try(
        "walk out of its folder",
        "open(world['folder'] + '/other/../../' + "
        "os.path.basename(world['folder']) + '/read').read()",
    ),
    Try(
        "find anything outside with a glob",
        "if not glob.glob(world['folder'] + '/*'): raise OSError('nothing')",
    ),
    # writing, anywhere
    Try("make a file", "open(world['folder'] + '/made', 'w').close()"),
    Try(
        "open a file for writing",
        "os.close(os.open(world['folder'] + '/append', os.O_WRONLY | os.O_APPEND))",
    ),
    Try("empty a file by opening it", "open(world['folder'] + '/truncate', 'w').close()"),
    Try("empty a file by its name", "os.truncate(world['folder'] + '/truncate', 0)"),
    Try("make a folder", "os.mkdir(world['folder'] + '/made_folder')"),
    Try("rename a file", "os.rename(world['folder'] + '/rename', world['folder'] + '/renamed')"),
    Try("delete a file", "os.unlink(world['folder'] + '/unlink')"),
    Try("link to a file", "os.link(world['folder'] + '/link', world['folder'] + '/linked')"),
    Try("make a symbolic link", "os.symlink('/etc/passwd', world['folder'] + '/symbolic')"),
    Try("make a named pipe", "os.mkfifo(world['folder'] + '/pipe')"),
    Try("change a file's mode", "os.chmod(world['folder'] + '/chmod', 0o600)"),
    Try("change a file's times", "os.utime(world['folder'] + '/utime')"),
    Try("write to the shared memory folder", "open_and_delete('/dev/shm/grader-test')"),
    Try("have a temporary folder", "os.rmdir(tempfile.mkdtemp())", alone=False),
    Try(
        "plant a compiled program for the next submission",
        "open_and_delete(os.environ['JAX_COMPILATION_CACHE_DIR'] + '/jit_f')",
    ),
    Try("write to /tmp", "open_and_delete('/tmp/grader-test')"),
    Try("write to the worker's own folder", "open_and_delete(sys.path[0] + '/grader/extra.py')"),
    Try(
        "plant code that each later Python runs",
        "open(os.path.join(os.path.dirname(os.path.dirname(np.__file__)), 'x.pth'), 'x')",
        alone=False,
    ),
    Try("rewrite the standard library", "open(os.__file__, 'r+')", alone=False),
    Try("make a file without a name", "os.open(world['folder'], os.O_TMPFILE | os.O_RDWR)", False),
    # the network, and programs on this machine
    Try("connect to a server", "socket.create_connection(('127.0.0.1', world['port']), 2).close()"),
    Try("serve", "socket.create_server(('127.0.0.1', 0)).close()"),
    Try("send a datagram", "with socket.socket(type=socket.SOCK_DGRAM) as s: s.bind(('', 0))"),
    Try(
        "connect to a program's Unix socket",
        "with socket.socket(socket.AF_UNIX) as s: s.connect(world['folder'] + '/socket')",
    ),
    Try(
        "connect to a Unix socket without a file",
        "with socket.socket(socket.AF_UNIX) as s: s.connect(world['abstract'])",
    ),
    Try(
        "have an address of its own among the Unix sockets",
        "one, two = socket.socketpair()\nwith one, two: one.bind('\\0grader-test')",
    ),
    Try(
        "hand a descriptor over a socket",
        "one, two = socket.socketpair()\nwith one, two: socket.send_fds(one, [b'x'], [0])",
    ),
    Try(
        "make a pair of datagram sockets",
        "for s in socket.socketpair(type=socket.SOCK_DGRAM): s.close()",
    ),
    Try(
        "have a socket of any other family",
        "for family, kind in itertools.product(range(3, 64), (1, 2, 3, 5)):\n"
        "    with contextlib.suppress(OSError):\n"
        "        socket.socket(family, kind).close()\n"
        "        break\n"
        "else: raise OSError('none is had')",
    ),
    Try(
        "look up a host",
        "socket.getaddrinfo('localhost', 'http') and socket.create_connection("
        "('localhost', world['port']), 2).close()",
    ),
    # other processes
    Try("fork", "if os.fork() == 0: os._exit(0)\nos.wait()"),
    Try("start a program", "subprocess.run(['/bin/true'], check=True)"),
    Try("spawn a program", "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)"),
    Try("become root by a setuid program", "os.execv('/bin/su', ['su'])", alone=False),
    Try("become another program", "os.execv('/bin/true', ['true'])", alone=False),
    Try("see whether the grader is there", "os.kill(world['grader'], 0)"),
    Try("signal its parent", "os.kill(os.getppid(), 0)"),
    Try("signal its process group", "os.killpg(0, 0)"),
    Try("signal all that it may", "os.kill(-1, 0)"),
    Try("slow a process down", "os.setpriority(os.PRIO_PROCESS, world['victim'], 5)"),
    Try("limit a process", "resource.prlimit(world['victim'], resource.RLIMIT_NOFILE)"),
    Try("kill a process", "os.kill(world['victim'], signal.SIGKILL)"),
    # channels to the next submission
    Try("lock a file that all can read", "with open(np.__file__) as f: fcntl.flock(f, 1)"),
    Try("lock a part of it", "with open(np.__file__) as f: fcntl.lockf(f, fcntl.LOCK_SH)"),
    Try(
        "drop a file from memory",
        "with open(np.__file__) as f: os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)",
    ),
    Try(
        "ask what is in memory",
        "with open(np.__file__) as f: os.preadv(f.fileno(), [bytearray(9)], 0, os.RWF_NOWAIT)",
        alone=False,
    ),
    Try("have memory that its limit doesn't count", "mmap.mmap(-1, 4096).close()"),
    # what runs beside it
    Try("learn a process's group", "os.getpgid(world['victim'])"),
    Try("learn a process's session", "os.getsid(world['victim'])"),
    Try("learn a process's priority", "os.getpriority(os.PRIO_PROCESS, world['victim'])"),
    Try("learn a process's processors", "os.sched_getaffinity(world['victim'])"),
    Try("learn how long a process has computed", "time.clock_gettime(~world['victim'] << 3 | 2)"),
    # limits
    Try("have more open files", "raise_limit(resource.RLIMIT_NOFILE)", alone=False),
    Try("have more threads", "raise_limit(resource.RLIMIT_NPROC)", alone=False),
    Try("have more memory", "raise_limit(resource.RLIMIT_AS)", alone=False),
    # privileges
    Try("become root", "os.getuid() and os.setuid(0)\nif os.getuid(): raise OSError", alone=False),
    Try("be in root's group", "os.setgroups([0])", alone=False),
    Try("change the root folder", "os.chroot('/usr')", alone=False),
    Try("inject a terminal's input", "fcntl.ioctl(0, 0x5412, b'x')", alone=False),
    Try("read the kernel's log", "open('/dev/kmsg', 'rb')", alone=False),
]
if X86_64:
    TRIES += [
        Try(
            "open a file by the newest call",
            "os.close(raw(437, -100, cstr('read'), b'\\0' * 24, 24))",
        ),
        Try("open a file by its handle", "raw(304, 3, b'x' * 64, 0)", alone=False),
        Try("watch a folder", "os.close(raw(294, 0))"),
        Try("make a file in memory", "os.close(raw(319, b'x', 0))"),
        Try("hold on to a process", "os.close(raw(434, world['victim'], 0))"),
        Try("take the user's timers", "raw(222, 1, 0, ctypes.byref(ctypes.c_int()))"),
        Try("signal a thread", "raw(200, world['victim'], 0)"),
        Try("signal a process in 64 bits", "raw(62, world['victim'] | 1 << 32, 0)"),
        Try("read a process's memory", "raw(310, world['victim'], 0, 1, 0, 1, 0)", alone=False),
        Try("trace a process", "raw(101, 16, world['victim'], 0, 0)", alone=False),
        Try("outlive its parent", "raw(157, 1, 0)"),
        Try("adopt orphans", "raw(157, 36, 1)"),
        Try("let others trace it", "raw(157, 4, 1)"),
        Try("add rules to the filter", "raw(317, 0, 0, 0)", alone=False),
        Try("get shared memory", "raw(31, raw(29, 0, 4096, 0o1600), 0, 0)"),
        Try("get a message queue", "raw(71, raw(68, 0, 0o1600), 0, 0)"),
        Try("keep a key in the kernel", "raw(248, b'user', b'x', b'y', 1, -1)", alone=False),
        Try("start a process by clone3", "raw(435, b'\\0' * 88, 88)", alone=False),
        Try("get a user namespace", "raw(272, 0x10000000)", alone=False),
        Try("clone into a user namespace", "raw(56, 0x10000011, 0, 0, 0, 0)", alone=False),
        Try("enter a namespace", "raw(308, 0, 0)", alone=False),
        Try("mount", "raw(165, b'x', b'/', b'tmpfs', 0, 0)", alone=False),
        Try("mount in the new way", "raw(430, b'tmpfs', 0)", alone=False),
        Try("queue work for the kernel (io_uring)", "raw(425, 1, b'\\0' * 120)", alone=False),
        Try("load a program into the kernel", "raw(321, 0, b'\\0' * 120, 120)", alone=False),
        Try("count the machine's events", "raw(298, b'\\0' * 128, 0, -1, -1, 0)", alone=False),
        Try("handle page faults", "raw(323, 1)", alone=False),
        Try("enlarge a pipe", "fcntl.fcntl(os.pipe()[0], 1031, 1 << 20)"),
        Try("have signals sent for a pipe", "fcntl.fcntl(os.pipe()[0], 8, os.getpid())"),
        Try("take a real-time priority", "raw(144, 0, 1, b'\\1\\0\\0\\0')", alone=False),
    ]

TRYING = """
import contextlib, ctypes, fcntl, glob, itertools, os, resource, signal, socket, subprocess
import mmap, sys, tempfile, time
import numpy as np

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

def raw(number, *arguments):
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *wide)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result

def cstr(name):
    return os.path.join(world["folder"], name).encode()

def open_and_delete(path):
    path = f"{path}-{os.getpid()}"
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    os.unlink(path)

def raise_limit(which):
    try:
        resource.setrlimit(which, [2 * limit for limit in resource.getrlimit(which)])
    except ValueError as error:  # which is how this module says that it is not permitted
        raise OSError(str(error)) from None

def patch_embed_cls(*_):
    for wants, source in TRIES.items():
        try:
            exec(source, globals())
        except OSError as error:
            print(f"{wants}: refused: {error.strerror or error}")
        except BaseException as error:
            print(f"{wants}: {type(error).__name__}: {error}")
        else:
            print(f"{wants}: worked")
    return 1
"""
