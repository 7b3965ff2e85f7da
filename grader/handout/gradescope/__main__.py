"""`python -m grader.handout.gradescope [ROOT]`: grades the submission in Gradescope's container."""

import sys
import traceback
from pathlib import Path

from ...common.log import start_log


def main(root: Path) -> None:
    """Writes ROOT/results/results.json, whatever happens to the grading.

    If even that fails, what `run_autograder` wrote before is left there.
    """
    start_log()
    try:
        from .container import grade

        results = grade(root)
    except Exception:
        from .results import failed_results

        traceback.print_exc()  # which Gradescope shows to instructors
        results = failed_results(traceback.format_exc())
    from .results import write_gradescope

    write_gradescope(root / "results" / "results.json", results)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/autograder"))
