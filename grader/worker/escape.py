"""Tries to break out, the way a submission would; each try that works is a reason not to go on."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import Any


def try_to_escape(attempts: dict[str, Any]) -> list[str]:
    """What worked, in words. `attempts` is made by `grader.sandbox.choose.prove`."""
    tries: list[tuple[str, Callable[[], object]]] = []
    tries += [(f"read {path}", partial(_read, path)) for path in attempts["read"]]
    tries += [(f"write to {folder}", partial(_write, folder)) for folder in attempts["write"]]
    tries += [
        ("connect to a server", lambda: _connect(socket.AF_INET, attempts["connect"])),
        ("open a Unix socket", lambda: socket.socket(socket.AF_UNIX)),
        ("start a process", _fork),
        ("start another program", lambda: os.execv("/bin/true", ["true"])),
        ("signal the grader", lambda: os.kill(attempts["signal"], 0)),
        ("read the list of processes", _list_processes),
        ("become root", lambda: os.setuid(0)),
        ("be root", _is_root),
    ]
    return [name for name, attempt in tries if _works(attempt)]


def _works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _read(path: str) -> None:
    if os.path.isdir(path):
        os.listdir(path)
    else:
        with open(path, "rb") as file:
            file.read(1)


def _write(folder: str) -> None:
    name = os.path.join(folder, f"grader-escape-{os.getpid()}-{threading.get_ident()}")
    with open(name, "wb"):
        pass
    os.unlink(name)


def _connect(family: int, port: int) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as connection:
        connection.settimeout(2)
        connection.connect(("127.0.0.1", port))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _is_root() -> None:
    if os.getuid() != 0:
        raise OSError("not root")


def _list_processes() -> None:
    if not any(name.isdigit() for name in os.listdir("/proc")):
        raise OSError("no process in sight")
