"""What the walls cost: seconds per submission in each sandbox, and with none.

    python benchmarks/hardening.py [ROUNDS]

Each round grades one right NumPy submission in each sandbox in turn, so that what else the machine
does meets all of them: on one case, and on all. Printed are medians over the rounds: wall-clock
time from start to end, and processor time of the worker with its launcher. Each worker is started
afresh and imports JAX: forked ones share both the import and most of the walls.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from pathlib import Path

import psutil

from grader.common.errors import SandboxError
from grader.course.catalogue import load_course
from grader.course.draw import draw_cases
from grader.course.problem import Case
from grader.oracle.reference import Reference
from grader.sandbox import Sandbox, prove
from grader.sandbox.bare import Bare
from grader.sandbox.choose import MAKERS
from grader.sandbox.session import Session

ROOT = Path(__file__).resolve().parents[1]
PROBLEM = "patch_embed_cls"
SOURCE = ROOT / "solutions" / PROBLEM / "accepted" / "numpy_reshape_transpose_matmul.py"


def measure(sandbox: Sandbox, cases: list[Case], sizes: list[int]) -> tuple[float, float]:
    """Wall-clock and processor seconds of one worker that answers the cases."""
    entry = load_course(ROOT).get(PROBLEM)
    started = time.perf_counter()
    with Session.ready(sandbox, entry.problem) as session:
        failure = session.load(SOURCE.read_bytes(), notebook=False)
        assert failure is None, failure
        for case, size in zip(cases, sizes, strict=True):
            session.ask(case, size)
        computed = session.processor_seconds()
        session.finish()
    return time.perf_counter() - started, computed


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    entry = load_course(ROOT).get(PROBLEM)
    cases = draw_cases(entry, 1)
    sizes = [array.size for array in Reference().expected(entry, cases)]
    sandboxes: list[Sandbox] = [Bare()]
    for name, make in MAKERS.items():
        try:
            sandbox = make()
            prove(sandbox, [ROOT / "solutions" / PROBLEM / "reference.py"])
            sandboxes.append(sandbox)
        except SandboxError as error:
            print(f"{name} does not work here: {error}")
    seconds: dict[str, list[tuple[float, ...]]] = {sandbox.name: [] for sandbox in sandboxes}
    for _ in range(rounds):
        for sandbox in sandboxes:
            one = measure(sandbox, cases[:1], sizes[:1])
            seconds[sandbox.name].append((*one, *measure(sandbox, cases, sizes)))

    system = f"{platform.system()} {platform.release()}, {psutil.cpu_count()} processors"
    print(f"{system}, Python {platform.python_version()}, {PROBLEM}, {rounds} rounds\n")
    print("sandbox       one case: wall s   CPU s   all cases: wall s   CPU s")
    for name, rows in seconds.items():
        one_wall, one_cpu, wall, cpu = map(statistics.median, zip(*rows, strict=True))
        print(f"{name:12}{one_wall:18.2f}{one_cpu:8.2f}{wall:20.2f}{cpu:8.2f}")


if __name__ == "__main__":
    main()
