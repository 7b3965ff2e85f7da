"""What a student waits for: `grader check` from a cold start, and again under `--watch`.

    python benchmarks/check.py [ROUNDS]

It releases a small course (without the known mistakes, which would take minutes to record), puts a
right and a wrong solution in place, and checks each by the real command: first with nothing kept
of what JAX compiles, then in each round once more in a new process, and once under `--watch`.
Printed are medians of processor seconds, of all processes together, and of wall-clock seconds.
Beside them stands what any process pays that imports JAX and Flax.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import psutil
from processor import Processor

from grader.course.catalogue import load_course
from grader.handout.release import release

ROOT = Path(__file__).resolve().parents[1]
SOLUTIONS = {
    "vit_patch_embed": ["accepted/conv_without_bias.py", "wrong_answer/channels_reversed.py"],
    "patch_embed_cls": ["reference.py", "accepted/numpy_reshape_transpose_matmul.py"],
}
Times = tuple[float, float]  # processor seconds, wall-clock seconds


def small_release(folder: Path) -> Path:
    course = folder / "course"
    shutil.copytree(ROOT / "problems", course / "problems")
    for problem_id in SOLUTIONS:
        copy = course / "solutions" / problem_id
        copy.mkdir(parents=True)
        shutil.copyfile(ROOT / "solutions" / problem_id / "reference.py", copy / "reference.py")
    release(load_course(course), folder / "released", False, lambda _: None)
    return folder / "released"


def command(problem_id: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "grader", "check", problem_id, *more]


def measured(processor: Processor, arguments: list[str], **options: object) -> Times:
    """One process from start to end, with all that it starts."""
    spent, _ = processor.run(arguments, good=(0, 1), **options)
    return spent.processor, spent.wall


def watched(problem_id: str, stub: Path, rounds: int, **options: object) -> Iterator[Times]:
    """Saves the stub again and again, and measures from each save to the answer.

    The worker waits warm, and is counted from the save on. The next one is started after the
    answer, so it is not.
    """
    source = stub.read_text()
    with subprocess.Popen(
        command(problem_id, "--watch"),
        stdout=subprocess.PIPE,
        text=True,
        **options,  # type: ignore[call-overload]
    ) as process:
        lines = iter(process.stdout.readline, "")
        assert any("Watching" in line for line in lines)
        grader = psutil.Process(process.pid)
        for number in range(rounds):
            warm, spent = _settled(grader)
            started = time.perf_counter()
            stub.write_text(f"{source}\n# {number}\n")
            assert any(" groups are right" in line for line in lines)
            seconds = time.perf_counter() - started
            _settled(grader)
            yield _of(grader) - spent - warm, seconds
        process.terminate()


def _of(process: psutil.Process) -> float:
    """Processor seconds of the process itself and of the children it has seen end."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def _settled(process: psutil.Process) -> Times:
    """Waits until nothing computes; seconds of the worker that waits, and of the process."""
    before = -1.0
    while True:
        warm = sum(sum(child.cpu_times()[:2]) for child in process.children(recursive=True))
        now = warm + _of(process)
        if warm and now - before < 0.02:
            return warm, _of(process)
        before = now
        time.sleep(1)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    print(
        f"Python {platform.python_version()}, jax {version('jax')}, flax {version('flax')}, "
        f"{os.cpu_count()} cores, {platform.system()} {platform.release()}; "
        f"medians of {rounds} rounds; processor seconds (wall-clock seconds)"
    )
    processor = Processor()
    print(processor.how)
    imports = [sys.executable, "-c", "import jax, flax.linen; jax.numpy.zeros(1)"]
    alone = _told([measured(processor, imports) for _ in range(rounds)])
    table = [("(importing JAX and Flax, and nothing else)", "", alone, "")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        course = small_release(folder)
        environment = {**os.environ, "PYTHONPATH": str(course), "XDG_CACHE_HOME": name}
        options = {"cwd": course, "env": environment}
        for problem_id, files in SOLUTIONS.items():
            stub = course / "problems" / problem_id / "stub.py"
            for file in files:
                shutil.copyfile(ROOT / "solutions" / problem_id / file, stub)
                shutil.rmtree(folder / "vit-input-exercises", ignore_errors=True)
                first = measured(processor, command(problem_id), **options)
                cold = [measured(processor, command(problem_id), **options) for _ in range(rounds)]
                warm = [*watched(problem_id, stub, rounds, **options)]
                table.append((f"{problem_id}, {file}", _told([first]), _told(cold), _told(warm)))
    headings = ("what is checked", "first ever", "cold start", "under --watch")
    for row in (headings, *table):
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, (60, 15, 15, 15), strict=True))
        )


def _told(times: list[Times]) -> str:
    return "{:.2f} ({:.2f})".format(*map(statistics.median, zip(*times, strict=True)))


if __name__ == "__main__":
    main()
