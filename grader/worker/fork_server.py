"""Imports once what every worker needs, and then forks one worker after another.

The fork server computes nothing: a fork of it would hang once JAX has computed. It never sees a
submission. Each child gets a channel of its own, closes everything else, and then does what any
other worker does.
"""

import gc
import os
import signal
import socket
import struct

from . import frames
from .confine import PR_SET_PDEATHSIG, close_file_system, prctl

PR_SET_DUMPABLE = 4
STATUS = struct.Struct("<i")  # how a child ended, as from `os.waitpid`
CHANNEL = (0, 1, 2)


def main() -> None:
    """Serves its socket, which is standard input, until that closes. A child runs as a worker."""
    with socket.socket(fileno=os.dup(0)) as control:
        prepare(control)
        socket.send_fds(control, [b"."], [os.pidfd_open(os.getpid())])
        fork_on_demand(control)
    from .__main__ import main as work

    work()


def prepare(control: socket.socket) -> None:
    """Closes the files that no worker may read, and imports, so that each fork has it all."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    prctl(PR_SET_DUMPABLE, 0)  # so that only root can trace or read it
    _, length = frames.parse_header(control.recv(frames.HEADER.size, socket.MSG_WAITALL))
    spec, _ = frames.parse_message(control.recv(length, socket.MSG_WAITALL))
    if spec["readable"] is not None:
        close_file_system(spec["readable"])
    from .__main__ import import_libraries
    from .cells import transformer

    import_libraries()
    transformer()
    gc.collect()
    gc.freeze()  # so that a child's collector doesn't copy the shared pages


def fork_on_demand(control: socket.socket) -> None:
    """Forks a child for each three descriptors that arrive, one at a time; returns in the child."""
    while True:
        data, descriptors, *_ = socket.recv_fds(control, 1, len(CHANNEL))
        if not data:
            os._exit(0)
        child = os.fork()
        if child == 0:
            break
        for descriptor in descriptors:
            os.close(descriptor)
        handle = os.pidfd_open(child)
        socket.send_fds(control, [b"."], [handle])
        os.close(handle)
        control.sendall(STATUS.pack(os.waitpid(child, 0)[1]))
    control.detach()
    for number, descriptor in zip(CHANNEL, descriptors, strict=True):
        os.dup2(descriptor, number)
    os.closerange(len(CHANNEL), os.sysconf("SC_OPEN_MAX"))
    os.setsid()
    import numpy as np

    np.random.seed()  # each child gets other random numbers; Python's `random` does this itself
