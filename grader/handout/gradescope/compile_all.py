"""`python -m grader.handout.gradescope.compile_all [ROOT]`: compiles what any run needs.

Shapes are drawn at random, from few: after a hundred runs of each problem hardly one is new. For
all of these, the statement's steps are compiled for workers, and the references for right answers.
The known mistakes are recorded too.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ...common.processors import usable_processors
from ...common.xla import set_xla_flags
from ...course.catalogue import load_course
from ...course.problem import Case
from ...oracle.answer_cache import Remembered
from ...oracle.compile_ahead import compile_for, one_of_each_shape, shapes_left
from ...oracle.in_process import our_processes
from ...oracle.practice import known_mistakes
from ...oracle.program_cache import keep_compiled, warm_folder
from ...oracle.reference import Reference

RUNS = 100


def main(root: Path, runs: int = RUNS) -> None:
    """Prints a line for each problem. Raises CourseError if a file of the course can't be run."""
    set_xla_flags()
    keep_compiled()
    for entry in load_course(root / "source").entries.values():
        cases: dict[str, Case] = {}
        for seed in range(runs):
            cases = one_of_each_shape(entry, seed) | cases
        if left := shapes_left(entry, cases):
            with our_processes() as pool:
                pool.submit(compile_for, entry.warm_up, warm_folder(entry), left).result()
        Reference().expected(entry, [*cases.values()])
        print(f"{entry.id}: compiled for {len(cases)} shapes", flush=True)
        known_mistakes(entry, Remembered(Reference()), usable_processors(), print)()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/autograder"))
