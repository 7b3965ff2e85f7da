"""Finds out what is wrong with a submission's answers, the most helpful first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..common.text import shorten
from ..common.verdict import Verdict
from ..course.problem import Case, Problem
from ..judging.compare import any_numbers
from ..judging.judgement import Judgement
from ..judging.outcome import Answer, Outcome
from .finding import Finding
from .further_look import SMALL_ARE_RIGHT, UNSTEADY, FurtherLook
from .heat_map import HeatMap, heat_map
from .misplaced import find_layout
from .pixels_read import Reading
from .where_it_fails import find_property

Array = NDArray[np.float64]

# Findings that say what is right, so they are no evidence of a mistake.
NOT_SPECIFIC = ("reads-right", "others-are-right", SMALL_ARE_RIGHT.id)
FACTOR = "factor:"
ABOUT_PIXELS = "reads-other-pixels:"


@dataclass(frozen=True)
class Diagnosis:
    """What is certain about wrong answers. Empty if all is right.

    what: what is wrong, if it is known; then what was measured and is evidence of it, if anything
    was. where: the property that failing cases have and no other. example: lines that show the
    smallest failing case in full. heat: where the wrong numbers of this example are; without an
    example, those of the first failing case. reading: which pixels each token reads, if a finding
    is about these; then there is no other picture.
    """

    what: tuple[Finding, ...] = ()
    where: Finding | None = None
    heat: HeatMap | None = None
    example: tuple[str, ...] = ()
    reading: Reading | None = None

    def __post_init__(self) -> None:
        lines = shorten("\n".join(self.example)).split("\n") if self.example else ()
        object.__setattr__(self, "example", tuple(lines))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, the most helpful first."""
        return (*self.what, self.where) if self.where else self.what

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the findings say, for the student."""
        cause, others = self.what[:1], self.what[1:]
        # Of a known mistake and a factor the others are evidence; else they are another fault.
        evidence = any(finding.id.startswith(("known-", FACTOR)) for finding in cause)
        return (
            *(finding.sentence for finding in cause),
            *(f"{'Measured' if evidence else 'Also'}: {finding.sentence}" for finding in others),
            *([self.where.sentence] if self.where else []),
        )


@any_numbers
def diagnose(
    problem: Problem,
    cases: Sequence[Case],
    expected: Sequence[Array],
    outcomes: Sequence[Outcome | None],
    judgements: Sequence[Judgement | None],
    look: FurtherLook,
    known: Finding | None = None,
) -> Diagnosis:
    """Empty if no answer is wrong.

    outcomes, judgements: one for each case, None if the submission ended before it. known: the
    known mistake that it makes, which is reported before any other finding.
    """
    verdicts = [judgement.verdict if judgement else None for judgement in judgements]
    wrong = [n for n, verdict in enumerate(verdicts) if verdict is Verdict.WRONG_ANSWER]
    if not wrong:
        return Diagnosis()
    failed = [
        (cases[n], expected[n], outcome.values.astype(np.float64).reshape(expected[n].shape))
        for n in wrong
        if isinstance(outcome := outcomes[n], Answer) and outcome.values is not None
    ]
    complete = len(failed) == len(wrong) and all(np.isfinite(got).all() for *_, got in failed)
    layout = None
    if complete and UNSTEADY not in look.findings:
        layout = find_layout(problem, failed)
    found = look.findings
    if layout:  # a factor on the run's cases may be told of the small inputs, too
        about_factor = layout.id.startswith(FACTOR)
        measured = [f for f in found if about_factor and f.id.startswith("weights:")]
        found = (layout, *measured)
    what = _cause_and_evidence(known, found)
    reading = look.reading if any(f.id.startswith(ABOUT_PIXELS) for f in what) else None
    heat = look.example.heat
    if failed and not look.example.lines:
        heat = heat_map(problem, *failed[0])
    passed = [cases[n] for n, verdict in enumerate(verdicts) if verdict is Verdict.ACCEPTED]
    return Diagnosis(
        what=what,
        where=find_property(problem, passed, [cases[n] for n in wrong]),
        heat=None if reading else heat,
        example=look.example.lines,
        reading=reading,
    )


def _cause_and_evidence(
    known: Finding | None, measured: tuple[Finding, ...]
) -> tuple[Finding, ...]:
    """A known mistake comes first. What was measured is evidence of it only if it is specific."""
    if known is None:
        return measured
    return (known, *(finding for finding in measured if finding.id not in NOT_SPECIFIC))
