"""All that can be said of a submission's wrong answers, the most telling first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..judge import Judgement
from ..outcome import Answer, Outcome
from ..problem import Case, Problem
from ..verdict import Verdict
from .layout import find_layout
from .mistakes import Mistake, name_mistakes, take_prints
from .separate import find_property

MOST_NAMED = 3  # mistakes that can't be told apart


def find(
    problem: Problem,
    cases: Sequence[Case],
    expected: Sequence[NDArray[np.float64]],
    outcomes: Sequence[Outcome | None],
    judgements: Sequence[Judgement | None],
    known: Sequence[Mistake] = (),
) -> list[str]:
    """Sentences for the student. Empty where all is right, or where nothing is certain.

    outcomes, judgements: one for each case, None where the submission was over before it. known:
    recorded on these very cases, or nothing.
    """
    verdicts = [judgement.verdict if judgement else None for judgement in judgements]
    wrong = [n for n, verdict in enumerate(verdicts) if verdict is Verdict.WRONG_ANSWER]
    if not wrong:
        return []
    findings: list[str] = []
    if known:
        right = [Answer(e.shape, "float64", e.size, e.ravel()) for e in expected]
        mine = take_prints(cases, outcomes)
        named = name_mistakes(mine, take_prints(cases, right), known)
        if 0 < len(named) <= MOST_NAMED:
            findings.append(" Or: ".join(named))
    if not findings:
        failed = []
        for n in wrong:
            outcome = outcomes[n]
            if isinstance(outcome, Answer) and outcome.values is not None:
                values = outcome.values.astype(np.float64).reshape(expected[n].shape)
                failed.append((cases[n], expected[n], values))
        if len(failed) == len(wrong) and all(np.isfinite(got).all() for *_, got in failed):
            findings += filter(None, [find_layout(problem, failed)])
    passed = [cases[n] for n, verdict in enumerate(verdicts) if verdict is Verdict.ACCEPTED]
    findings += filter(None, [find_property(problem, passed, [cases[n] for n in wrong])])
    return findings
