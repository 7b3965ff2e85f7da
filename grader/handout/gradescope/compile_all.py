"""`python -m grader.handout.gradescope.compile_all [ROOT]`: precompiles what a run needs.

Shapes are drawn from few: after a hundred runs hardly one is new. Known mistakes are recorded too.
"""

import sys
from pathlib import Path

from ...common.log import start_log
from ...common.processors import usable_processors
from ...common.xla import set_xla_flags
from ...course.catalogue import load_course
from ...oracle.answer_cache import CachedAnswers
from ...oracle.compile_ahead import compile_ahead, one_of_each_shape
from ...oracle.practice import recorded_once
from ...oracle.program_cache import keep_compiled
from ...oracle.reference import Reference


def main(root: Path, runs: int = 100) -> None:
    """Prints a line for each problem. Raises CourseError if a reference can't be run."""
    start_log()
    set_xla_flags()
    keep_compiled()
    for entry in load_course(root / "source").entries.values():
        compile_ahead([entry], range(runs))
        cases = one_of_each_shape(entry, *range(runs))
        Reference().expected(entry, [*cases.values()])
        print(f"{entry.id}: compiled for {len(cases)} shapes", flush=True)
        recorded_once(entry, CachedAnswers(Reference()), usable_processors(), print)()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/autograder"))
