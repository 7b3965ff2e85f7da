"""Counts the processor time of a command and of all that it starts, whatever becomes of it.

Of a process that is killed in a namespace of its own nobody is told what it has used, so asking the
system for "the children's time" counts too little. Where this user can make control groups (root
on most systems), the command runs in one, and its count is exact. Elsewhere it is all that the
machine computes meanwhile, niced or not, less what it computed when it should have been idle: then
nothing else may run.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import platform
import secrets
import subprocess
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

GROUPS = Path("/sys/fs/cgroup")
IDLE = 0.05  # processors that may be busy before anything is measured
JOIN = 'echo $$ > "$0/cgroup.procs" && exec "$@"'


@dataclass(frozen=True)
class Spent:
    """Seconds."""

    processor: float
    wall: float


def busy() -> float:
    """Seconds that all processors of this machine have computed, at whatever priority."""
    times = psutil.cpu_times()
    named = "user nice system irq softirq".split()
    return float(sum(getattr(times, name, 0.0) for name in named))


def background(seconds: float = 4.0) -> float:
    """How many processors are busy now, when nothing of ours runs."""
    before, started = busy(), time.perf_counter()
    time.sleep(seconds)
    return (busy() - before) / (time.perf_counter() - started)


class Processor:
    """Counts what is started through `command`.

    others: how many processors something else kept busy, when this was made.
    """

    def __init__(self, seconds: float = 4.0) -> None:
        self.others = background(seconds)
        self._group = _make_group()
        atexit.register(self._end)
        self._started, self._busy = time.perf_counter(), busy()

    @property
    def exact(self) -> bool:
        """Whether others on the machine are left out of the count."""
        return self._group is not None

    @property
    def how(self) -> str:
        """A sentence on what is counted, and on what disturbs it."""
        if self.exact:
            how = "Processor time is that of a control group of its own."
        else:
            how = "Processor time is all that the machine computed."
        if self.others <= IDLE:
            return how
        told = f"NOT IDLE: {self.others:.2f} processors were busy with something else at the start."
        less = "" if self.exact else " That much is subtracted, and the figures are rough."
        return f"{how} {told}{less} Wall-clock times are too long."

    def command(self, arguments: Sequence[str]) -> list[str]:
        """The command that runs these arguments so that they are counted."""
        if self._group is None:
            return [*arguments]
        return ["/bin/sh", "-c", JOIN, str(self._group), *arguments]

    def _end(self) -> None:
        if self._group is not None:
            with contextlib.suppress(OSError):  # something in it lives on
                self._group.rmdir()

    def computed(self) -> float:
        """Seconds since some moment."""
        if self._group is not None:
            return _usage(self._group)
        return busy() - self._busy - self.others * (time.perf_counter() - self._started)

    def run(
        self, arguments: Sequence[str], good: Collection[int] = (0,), **options: Any
    ) -> tuple[Spent, str]:
        """Runs a command to its end; what it cost, and what it printed.

        good: the exit statuses of a command that does not fail. Raises CalledProcessError, with
        what it printed, where it fails.
        """
        before, started = self.computed(), time.perf_counter()
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options}
        done = subprocess.run(self.command(arguments), text=True, **options)
        spent = Spent(self.computed() - before, time.perf_counter() - started)
        if done.returncode not in good:
            raise subprocess.CalledProcessError(done.returncode, [*arguments], done.stdout)
        return spent, str(done.stdout)


def _make_group() -> Path | None:
    """A control group whose processor time is counted, where one can be made and joined."""
    for parent in (GROUPS, GROUPS / "cpuacct", GROUPS / "cpu,cpuacct"):  # version 2, then 1
        if parent == GROUPS and not (GROUPS / "cgroup.controllers").exists():
            continue
        group = parent / f"benchmark-{secrets.token_hex(4)}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            _usage(group)
            subprocess.run(
                ["/bin/sh", "-c", JOIN, str(group), "true"], check=True, stderr=subprocess.DEVNULL
            )
            return group
        except (OSError, ValueError, LookupError, subprocess.CalledProcessError):
            group.rmdir()
    return None


def _usage(group: Path) -> float:
    with contextlib.suppress(FileNotFoundError):
        return int((group / "cpuacct.usage").read_text()) / 1e9
    fields = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
    return int(fields["usage_usec"]) / 1e6


def machine() -> str:
    """A line that says on what was measured, and when."""
    model = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    load = " ".join(f"{number:.1f}" for number in os.getloadavg())
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python "
        f"{platform.python_version()}, jax {version('jax')}, flax {version('flax')}, "
        f"{date.today():%d %B %Y}, load at the start {load}"
    )
