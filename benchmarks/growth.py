"""How the grader's cost grows with the class and with its jobs: `speed.py --growth`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from memory import MIB
from peers import Command
from peers.the_class import make_students
from peers.this_grader import all_accepted, grading
from processor import Processor, Spent

INTERVAL = 0.2  # seconds


@dataclass(frozen=True)
class Run:
    """own: processor seconds of the grader's own process. mib: the most memory that it held."""

    spent: Spent
    own: float
    mib: float


def print_growth(
    sizes: Sequence[int],
    jobs: Sequence[int],
    processor: Processor,
    where: Path,
    course: Path,
    cache: Path,
    environment: Mapping[str, str],
) -> None:
    """Grades each size of class with each number of jobs: new classes, on a warm machine."""
    heads = ["submissions", "jobs", "wall s", "CPU s each", "CPU s for one more", "a minute"]
    heads += ["grader's own share of CPU", "grader's own memory, MiB"]
    print(f"\n| {' | '.join(heads)} |\n|{' --- |' * len(heads)}", flush=True)
    for number in jobs:
        before: tuple[int, float] | None = None
        for size in sizes:
            students = where / f"class-{size}-{number}"
            make_students(students, size)
            results = where / "results"
            command = grading(students, course, results, cache, number)
            run = measured(command, processor, environment)
            all_accepted(results, size)
            shutil.rmtree(results)
            computed = run.spent.processor
            more = f"{(computed - before[1]) / (size - before[0]):.2f}" if before else ""
            before = size, computed
            cells = [f"{size}", f"{number}", f"{run.spent.wall:.1f}", f"{computed / size:.2f}"]
            cells += [more, f"{60 * size / run.spent.wall:.0f}"]
            cells += [f"{run.own / computed:.1%}", f"{run.mib:.0f}"]
            print(f"| {' | '.join(cells)} |", flush=True)


def measured(command: Command, processor: Processor, environment: Mapping[str, str]) -> Run:
    """Runs a command to its end, with a look at its own process now and then."""
    before, started = processor.computed(), time.perf_counter()
    with subprocess.Popen(
        processor.command(command.arguments),
        cwd=command.folder,
        env={**environment, **command.environment},
        stdout=subprocess.DEVNULL,
    ) as process:
        grader, most = psutil.Process(process.pid), 0
        # Once it has ended, and before anyone has asked how, the system still knows its times.
        left = os.WEXITED | os.WNOHANG | os.WNOWAIT
        while os.waitid(os.P_PID, process.pid, left) is None:
            most = max(most, grader.memory_info().rss)
            time.sleep(INTERVAL)
        wall = time.perf_counter() - started
        own = sum(grader.cpu_times()[:2])
    spent = Spent(processor.computed() - before, wall)
    if process.returncode:
        sys.exit(f"{command.arguments} ended with {process.returncode}")
    return Run(spent, own, most / MIB)
