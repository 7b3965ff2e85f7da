"""A large class of every kind: what it costs, and that nothing is lost, whatever is killed.

    python benchmarks/class_run.py [STUDENTS] [JOBS]

Generates a class (`tests/generated.py`), grades it in one go, then again in eleven, of which ten
are killed with SIGKILL at random moments, then on a Dask cluster of this machine whose workers are
killed now and then. Each must end in the verdicts that the submissions deserve, and in the same
reports. Printed are times, the memory of the grader's own process along the way, and its share of
all processor time (`processor.py` says what is counted).
"""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from processor import Processor

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from generated import ID, dask_workers, generate  # noqa: E402

SEED = 8
KILLS = 10


def grading(
    folder: Path, results: Path, jobs: int, *more: str, processor: Processor | None = None
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "grader", "grade", str(folder), "-o", str(results)]
    options = ["--problem", ID, "--seed", str(SEED), "--jobs", str(jobs), *more]
    arguments = command + options if processor is None else processor.command(command + options)
    return subprocess.Popen(
        arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def lines(process: subprocess.Popen[str]) -> Iterator[tuple[int, str]]:
    """What it prints, line by line, with how many submissions are done; 0 for other lines."""
    assert process.stdout is not None
    for line in process.stdout:
        yield (int(line[1:].partition("/")[0]) if line.startswith("[") else 0), line


def reports(results: Path) -> dict[str, Any]:
    """By student, without what differs from run to run."""
    found: dict[str, Any] = {}
    for report in json.loads((results / "report.json").read_text())["reports"]:
        assert report["student"] not in found, "two reports for one"
        del report["seconds"]
        for case in report["cases"]:
            del case["seconds"]
        found[report["student"]] = report
    return found


def in_one_go(folder: Path, results: Path, jobs: int, count: int, processor: Processor) -> None:
    """Prints what it costs."""
    before, started = processor.computed(), time.perf_counter()
    memory = {}
    with grading(folder, results, jobs, processor=processor) as process:
        grader = psutil.Process(process.pid)
        own = 0.0
        for done, _ in lines(process):
            if done:
                own = sum(grader.cpu_times()[:2])
                if done % max(1, count // 10) == 0:
                    memory[done] = grader.memory_info().rss >> 20
    assert process.returncode == 0
    spent, seconds = processor.computed() - before, time.perf_counter() - started
    print(
        f"{count} submissions, {jobs} at a time: {seconds:.0f} s, {60 * count / seconds:.0f} a "
        f"minute; {spent / count:.2f} s of processor time each, of which the grader's own process "
        f"{own / spent:.1%}"
    )
    print("memory of the grader's own process, MiB:", *(f"{m} at {d}," for d, m in memory.items()))


def killed(folder: Path, results: Path, jobs: int, count: int) -> None:
    """Ten runs end in SIGKILL somewhere in their share of the work, and one ends well."""
    choose = random.Random(1)
    for _ in range(KILLS):
        with grading(folder, results, jobs) as process:
            last = choose.randint(1, max(1, 2 * count // (KILLS + 2)))
            next((done for done, _ in lines(process) if done == last), None)
            process.kill()
    with grading(folder, results, jobs) as process:
        for _ in lines(process):
            pass
    assert process.returncode == 0


def on_dask(folder: Path, results: Path, jobs: int, count: int) -> None:
    """A Dask worker is killed every tenth of the class."""
    with grading(folder, results, jobs, "--dask", "local") as process:
        for done, _ in lines(process):
            if done and done % max(1, count // 10) == 0:
                busy = dask_workers(process.pid)
                if busy:
                    busy[0].kill()
    assert process.returncode == 0


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else os.cpu_count() or 1
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.release()}"
    )
    processor = Processor()
    print(processor.how)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "class"
        deserved = generate(folder, count)
        handed_in = sum(bool(verdict) for verdict in deserved.values())
        in_one_go(folder, Path(name) / "whole", jobs, handed_in, processor)
        whole = reports(Path(name) / "whole")
        got = {
            student: whole[student]["verdict"] if student in whole else "" for student in deserved
        }
        wrong = {s: (got[s], deserved[s]) for s in deserved if got[s] != deserved[s]}
        print(f"verdicts other than deserved: {wrong or 0}")
        for what, run in (("killed ten times", killed), ("Dask workers killed", on_dask)):
            started = time.perf_counter()
            run(folder, Path(name) / what, jobs, handed_in)
            again = reports(Path(name) / what)
            other = [s for s in whole.keys() | again.keys() if whole.get(s) != again.get(s)]
            print(f"{what}: {len(other)} reports differ; {time.perf_counter() - started:.0f} s")
            for student in other[:5]:
                print("  ", student)


if __name__ == "__main__":
    main()
