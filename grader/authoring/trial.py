"""A trial: the result of one file of a bank on the cases of one run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from pathlib import Path

from ..common.verdict import Verdict
from ..course.problem import Case, Problem
from ..judging.judgement import Judgement, Kind

# How many times the largest error of a mistake must exceed the tolerance, and the tolerance the
# error of a right answer.
MARGIN = 4.0


@dataclass(frozen=True)
class Trial:
    """One file on the cases of one run.

    `file` is its path below `solutions/<id>/`. `caught` are the groups in which it failed. `error`
    is its largest error over the cases tried, in units of float32 rounding
    (`grader.judging.compare`), infinite if an answer could not be compared. `whole` says that all
    cases were tried; otherwise a failure ends a trial as soon as it is certain.
    """

    file: str
    seed: int
    verdict: Verdict
    message: str
    caught: frozenset[str]
    error: float
    whole: bool

    @property
    def expected_verdict(self) -> Verdict:
        """The one that the file's folder is named after."""
        return Verdict(self.file.partition("/")[0])


def make_trial(
    problem: Problem,
    path: Path,
    seed: int,
    judged: Iterable[tuple[Case, Judgement]],
    whole: bool,
) -> Trial:
    """Follows the judgements case by case, and stops early unless `whole`.

    A wrong answer must be wrong by `MARGIN` times the tolerance in some case, so a smaller error
    doesn't end the trial.
    """
    failed: list[tuple[Case, Judgement]] = []
    error = 0.0
    for case, judgement in judged:
        units = rounding_units(problem, judgement)
        error = max(error, units)
        if judgement.verdict is Verdict.ACCEPTED:
            continue
        failed.append((case, judgement))
        wide = units > MARGIN * problem.tolerance_factor
        if wide and not whole:
            break
    # As in grading: a broken rule decides, else the first case that failed.
    broken = [j for _, j in failed if j.verdict is Verdict.RULE_VIOLATION]
    judgements = broken or [j for _, j in failed] or [Judgement(Kind.ACCEPTED)]
    return Trial(
        file=f"{path.parent.name}/{path.name}",
        seed=seed,
        verdict=judgements[0].verdict,
        message=judgements[0].message,
        caught=frozenset(case.group for case, _ in failed),
        error=error,
        whole=whole,
    )


def rounding_units(problem: Problem, judgement: Judgement) -> float:
    """The largest error in units of float32 rounding; infinite if nothing was compared."""
    difference = judgement.difference
    if difference is None:
        return 0.0 if judgement.verdict is Verdict.ACCEPTED else inf
    if difference.error == 0:
        return 0.0
    unit = difference.bound / problem.tolerance_factor
    return difference.error / unit if unit else inf
