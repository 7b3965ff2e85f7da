"""What the walls cost: seconds per submission in each sandbox, and with none.

    python benchmarks/hardening.py [ROUNDS]

Each round grades one right NumPy submission on one case in each sandbox, in turn, so that what
else the machine does meets all of them. Printed are medians over the rounds: wall-clock time from
start to report, and processor time of the worker with its launcher. The same as a share of a whole
grading (all cases, one submission) is told below the table.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from pathlib import Path

from grader.cases import draw_cases
from grader.catalogue import load_course
from grader.oracle import Reference
from grader.problem import Case
from grader.sandbox import Sandbox, SandboxError, choose_sandbox
from grader.session import Session

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
        computed = session.processor_seconds
        session.finish()
    return time.perf_counter() - started, computed


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    entry = load_course(ROOT).get(PROBLEM)
    cases = draw_cases(entry, 1)
    sizes = [array.size for array in Reference().expected(entry, cases)]
    sandboxes, measured = [], {}
    for name in ("none", "landlock", "bubblewrap"):
        try:
            sandboxes.append(choose_sandbox(name, [ROOT / "solutions"]))
            measured[name] = {"one": [], "all": []}
        except SandboxError as error:
            print(f"{name} does not work here: {error}")
    for number in range(rounds):
        for sandbox in sandboxes:
            measured[sandbox.name]["one"].append(measure(sandbox, cases[:1], sizes[:1]))
            if number % 3 == 0:
                measured[sandbox.name]["all"].append(measure(sandbox, cases, sizes))
    print(
        f"{platform.system()} {platform.release()}, {_processor()}, Python "
        f"{platform.python_version()}, {rounds} rounds, {PROBLEM}\n"
    )
    print(
        f"{'sandbox':12}{'one case: wall s':>18}{'CPU s':>8}{'all cases: wall s':>20}{'CPU s':>8}"
    )
    for name, kinds in measured.items():
        one, whole = ([statistics.median(c) for c in zip(*kinds[k])] for k in ("one", "all"))
        print(f"{name:12}{one[0]:18.2f}{one[1]:8.2f}{whole[0]:20.2f}{whole[1]:8.2f}")


def _processor() -> str:
    import psutil

    return f"{psutil.cpu_count()} processors"


if __name__ == "__main__":
    main()
