"""What every submission of one problem is judged by in a run: its cases and their right answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..course.catalogue import Entry
from ..course.draw import draw_cases, tiny_cases
from ..course.problem import Case
from ..diagnosis.ask_further import Examples
from ..diagnosis.pixels_read import probes
from ..oracle.reference import Oracle
from ..submissions import Submission


@dataclass(frozen=True)
class Plan:
    """What every submission of one problem is held against in a run: made once, before any."""

    entry: Entry
    cases: Sequence[Case]
    expected: Sequence[NDArray[np.float64]]
    seed: int
    student: str | None = None  # whose values these are, where each student has values of their own
    examples: Examples | None = None  # for a further look at who is wrong


@dataclass(frozen=True)
class NoPlan:
    """Stands for the plan of a problem that is broken: nobody is judged by it."""

    entry: Entry
    error: Exception


def make_plan(entry: Entry, seed: int, oracle: Oracle, student: str | None = None) -> Plan | NoPlan:
    """Cases and expected values of one problem in one run, or of one student in it."""
    try:
        cases = draw_cases(entry, seed, student)
        return Plan(entry, cases, oracle.expected(entry, cases), seed, student)
    except Exception as error:  # the author's code: it may raise anything
        return NoPlan(entry, error)


def for_student(plan: Plan | NoPlan, student: str, oracle: Oracle) -> Plan | NoPlan:
    """The plan with values that are this student's alone, in the shapes of the run."""
    if isinstance(plan, NoPlan):
        return plan
    own = make_plan(plan.entry, plan.seed, oracle, student)
    if isinstance(own, NoPlan):
        return own
    return dataclasses.replace(own, examples=plan.examples)


def with_examples(plan: Plan | NoPlan, oracle: Oracle) -> Plan | NoPlan:
    """The plan with the small public cases, one of which is shown to who is wrong."""
    if isinstance(plan, NoPlan):
        return plan
    try:
        tiny = tiny_cases(plan.entry)
        expected = oracle.expected(plan.entry, tiny)
        examples = Examples(tiny, expected, probes(plan.entry.problem))
        return dataclasses.replace(plan, examples=examples)
    except Exception as error:
        return NoPlan(plan.entry, error)


PlanOf = Callable[[Submission], Plan | NoPlan]
