"""What lies outside a worker while it is attacked, and what is no longer as it was afterwards."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from support.course import ROOT
from support.sources import DEFINES_RIGHT
from support.tries import FILES

SECRET = "known to the grader alone"


class World(contextlib.ExitStack):
    """What lies outside a worker, and is open to every user: only a sandbox protects it."""

    def __enter__(self) -> World:
        super().__enter__()
        self.folder = Path(self.enter_context(tempfile.TemporaryDirectory(prefix="grader-world-")))
        self.folder.chmod(0o777)
        for name in FILES:
            (self.folder / name).write_text(f"{name}: {SECRET}")
            (self.folder / name).chmod(0o666)
        other = self.folder / "other" / "patch_embed_cls.py"
        other.parent.mkdir()
        other.write_text(DEFINES_RIGHT)
        self.tcp = self.enter_context(socket.create_server(("127.0.0.1", 0)))
        self.unix = self.enter_context(socket.socket(socket.AF_UNIX))
        self.unix.bind(str(self.folder / "socket"))
        (self.folder / "socket").chmod(0o777)
        self.abstract = self.enter_context(socket.socket(socket.AF_UNIX))
        self.abstract.bind(f"\0grader-test-{os.getpid()}-{self.folder.name}")
        for listener in (self.tcp, self.unix, self.abstract):
            listener.listen()
            listener.setblocking(False)
        left_open = self.enter_context(open(self.folder / "read", "rb"))
        os.set_inheritable(left_open.fileno(), True)
        # It ends when its input does, so nothing has to end it.
        self.victim = self.enter_context(subprocess.Popen(["cat"], stdin=subprocess.PIPE))
        self.names = {
            "folder": str(self.folder),
            "other": str(other),
            "reference": str(ROOT / "solutions" / "patch_embed_cls" / "reference.py"),
            "port": self.tcp.getsockname()[1],
            "abstract": "\0" + self.abstract.getsockname()[1:].decode(),
            "grader": os.getpid(),
            "victim": self.victim.pid,
        }
        self._before = self._look()
        return self

    def _look(self) -> dict[str, Any]:
        return {
            path.name: (path.lstat().st_mode, path.lstat().st_size, path.lstat().st_mtime_ns)
            for path in self.folder.iterdir()
        }

    def traces(self) -> list[str]:
        """What is no longer as it was."""
        now = self._look()
        names = sorted(self._before.keys() | now.keys())
        found = [name for name in names if self._before.get(name) != now.get(name)]
        for name in ("tcp", "unix", "abstract"):
            with contextlib.suppress(BlockingIOError):
                getattr(self, name).accept()[0].close()
                found.append(name)
        if self.victim.poll() is not None:
            found.append("victim")
        return found
