"""What every submission of one problem is judged by in a run: its cases and their right answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..course.catalogue import Entry
from ..course.draw import draw_cases, tiny_cases
from ..course.problem import Case
from ..diagnosis.ask_further import Examples
from ..diagnosis.known_mistakes import KnownMistakes
from ..diagnosis.pixels_read import probes
from ..oracle.practice import known_mistakes
from ..oracle.record_mistakes import Tell
from ..oracle.reference import Oracle


@dataclass(frozen=True)
class Plan:
    """What every submission of one problem is held against in a run: made once, before any.

    examples, known: for a further look at who is wrong. known: makes the known mistakes when they
    are first needed, and can be called from several threads.
    """

    entry: Entry
    cases: Sequence[Case]
    expected: Sequence[NDArray[np.float64]]
    seed: int
    examples: Examples | None = None
    known: Callable[[], KnownMistakes] | None = None


@dataclass(frozen=True)
class NoPlan:
    """Stands for the plan of a problem that is broken: nobody is judged by it."""

    entry: Entry
    error: Exception


def make_plan(entry: Entry, seed: int, oracle: Oracle) -> Plan | NoPlan:
    """Cases and expected values of one problem in one run."""
    try:
        cases = draw_cases(entry, seed)
        return Plan(entry, cases, oracle.expected(entry, cases), seed)
    except Exception as error:  # the author's code: it may raise anything
        return NoPlan(entry, error)


def with_examples(
    plan: Plan | NoPlan, oracle: Oracle, jobs: int = 1, tell: Tell = lambda _: None
) -> Plan | NoPlan:
    """The plan with what a further look needs: the small public cases, one of which is shown to who
    is wrong, and the known mistakes, which are recorded `jobs` at a time if they are not cached.
    `tell` gets a sentence now and then while they are.
    """
    if isinstance(plan, NoPlan):
        return plan
    try:
        tiny = tiny_cases(plan.entry)
        expected = oracle.expected(plan.entry, tiny)
        examples = Examples(tiny, expected, probes(plan.entry.problem))
        known = known_mistakes(plan.entry, oracle, jobs, tell)
        return dataclasses.replace(plan, examples=examples, known=known)
    except Exception as error:
        return NoPlan(plan.entry, error)


Plans = Mapping[str, Plan | NoPlan]  # by the problem's id
