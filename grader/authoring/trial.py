"""A trial: the result of one file of a bank on the cases of one run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from pathlib import Path

from ..common.verdict import Verdict
from ..course.problem import Case, Problem
from ..grading.grade_one import final_judgement
from ..judging.judgement import Judgement, Kind

# How many times a mistake's error must exceed the tolerance, and the tolerance a right way's.
MARGIN = 4.0


@dataclass(frozen=True)
class Trial:
    """file: its path below `solutions/<id>/`. caught: the groups in which it failed. error: the
    largest over the cases tried, in units of float32 rounding (`grader.judging.compare`), infinite
    if an answer could not be compared. whole: all cases were tried, even after a certain failure.
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
    problem: Problem, path: Path, seed: int, judged: Iterable[tuple[Case, Judgement]], whole: bool
) -> Trial:
    """Follows the judgements case by case, and stops early unless `whole`.

    A wrong answer must be wrong by `MARGIN` times the tolerance in some case, so a smaller error
    doesn't end the trial.
    """
    failures: list[Judgement] = []
    caught: set[str] = set()
    error = 0.0
    for case, judgement in judged:
        units = rounding_units(problem, judgement)
        error = max(error, units)
        if judgement.verdict is Verdict.ACCEPTED:
            continue
        failures.append(judgement)
        caught.add(case.group)
        if units > MARGIN * problem.tolerance_factor and not whole:
            break
    final = final_judgement(failures) if failures else Judgement(Kind.ACCEPTED)
    file = f"{path.parent.name}/{path.name}"
    return Trial(file, seed, final.verdict, final.message, frozenset(caught), error, whole)


def rounding_units(problem: Problem, judgement: Judgement) -> float:
    """The largest error in units of float32 rounding; infinite if nothing was compared."""
    difference = judgement.difference
    if difference is None:
        return 0.0 if judgement.verdict is Verdict.ACCEPTED else inf
    if difference.error == 0:
        return 0.0
    unit = difference.bound / problem.tolerance_factor
    return difference.error / unit if unit else inf
