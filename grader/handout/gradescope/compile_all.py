"""`python -m grader.handout.gradescope.compile_all [ROOT]`: compiles what any run needs.

Shapes are drawn at random, from few: after a hundred runs of each problem hardly one is new. The
references are compiled for all of these, for workers and for expected values. The known mistakes
are recorded too.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ...common.processors import usable_processors
from ...course.catalogue import load_course
from ...oracle.answer_cache import Remembered
from ...oracle.compile_ahead import all_cases, compile_for, compiler, of_reference
from ...oracle.practice import known_mistakes
from ...oracle.program_cache import keep_compiled
from ...oracle.reference import Reference

RUNS = 100


def main(root: Path, runs: int = RUNS) -> None:
    """Prints a line for each problem. Raises CourseError where a reference can't be run."""
    keep_compiled()
    oracle = Reference()
    with compiler() as pool:
        for entry in load_course(root / "source").entries.values():
            shapes = 0
            for seed in range(runs):
                cases = all_cases(entry, seed)
                for task in of_reference(entry, seed):
                    pool.submit(compile_for, task).result()
                    oracle.expected(entry, [cases[number] for number in task.cases])
                    shapes += len(task.cases)
            print(f"{entry.id}: compiled for {shapes} shapes", flush=True)
            known_mistakes(entry, Remembered(oracle), usable_processors(), print)()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/autograder"))
