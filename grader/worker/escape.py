"""Tries to break out, as a submission would. A sandbox in which a try works is not used."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any


def try_to_escape(attempts: dict[str, Any]) -> list[str]:
    """What worked, in words. `attempts` is made by `grader.sandbox.choose.prove`."""
    tries: list[tuple[str, Callable[[], object]]] = [
        *((f"read {path}", partial(_read, Path(path))) for path in attempts["read"]),
        *((f"write to {folder}", partial(_write, Path(folder))) for folder in attempts["write"]),
        ("connect to a server", partial(_connect, attempts["connect"])),
        ("open a Unix socket", lambda: socket.socket(socket.AF_UNIX)),
        ("start a process", _fork),
        ("start another program", lambda: os.execv("/bin/true", ["true"])),
        ("signal the grader", lambda: os.kill(attempts["signal"], 0)),
        (
            "read the list of processes",
            lambda: _require(any(map(str.isdigit, os.listdir("/proc")))),
        ),
        ("become root", lambda: os.setuid(0)),
        ("be root", lambda: _require(os.getuid() == 0)),
    ]
    return [name for name, attempt in tries if _works(attempt)]


def _works(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _read(path: Path) -> None:
    if path.is_dir():
        os.listdir(path)
    else:
        with path.open("rb") as file:
            file.read(1)


def _write(folder: Path) -> None:
    path = folder / f"grader-escape-{os.getpid()}"
    path.touch()
    with suppress(OSError):
        path.unlink()


def _connect(port: int) -> None:
    with socket.socket() as connection:
        connection.settimeout(2)
        connection.connect(("127.0.0.1", port))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _require(condition: bool) -> None:
    if not condition:
        raise PermissionError
