"""The plan of a problem in a run: the cases for every submission, and their right answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..course.catalogue import Entry
from ..course.draw import draw_cases, tiny_cases
from ..course.problem import Case
from ..diagnosis.further_look import Examples
from ..diagnosis.known_mistakes import KnownMistakes, no_mistakes
from ..oracle.practice import SEED, experiments_of, practice_cases, recorded_once
from ..oracle.record_mistakes import Announce
from ..oracle.reference import Oracle

NO_EXAMPLES = Examples((), (), {}, {})


@dataclass(frozen=True)
class Plan:
    """Made once for a run, before any submission.

    expected: float64, in the statement's shape. examples: small public cases, one of which a wrong
    submission is shown. known: gives the known mistakes; several threads may call it.
    """

    entry: Entry
    cases: Sequence[Case]
    expected: Sequence[NDArray[np.float64]]
    seed: int
    examples: Examples = NO_EXAMPLES
    known: Callable[[], KnownMistakes] = no_mistakes

    @property
    def is_practice(self) -> bool:
        """Whether students have its cases, with their answers."""
        return self.seed == SEED

    def within(self, seconds: float) -> Self:
        """The plan with another limit on the time of one submission."""
        return replace(self, entry=self.entry.limited(total_seconds=seconds))


@dataclass(frozen=True)
class NoPlan:
    """Stands for the plan of a problem that is broken: no submission is judged by it."""

    entry: Entry
    error: Exception


Plans = Mapping[str, Plan | NoPlan]  # by the problem's id


def make_plan(
    entry: Entry, seed: int, oracle: Oracle, known: Callable[[], KnownMistakes] = no_mistakes
) -> Plan:
    """The plan of one problem in one run. Raises whatever the author's code raises."""
    cases = practice_cases(entry) if seed == SEED else draw_cases(entry, seed)
    expected = oracle.expected(entry, cases)
    return Plan(entry, cases, expected, seed, examples_of(entry, oracle), known)


def examples_of(entry: Entry, oracle: Oracle) -> Examples:
    """What a wrong submission of a problem is asked, and shown. Raises what the oracle raises."""
    tiny = tiny_cases(entry)
    return Examples(tiny, oracle.expected(entry, tiny), *experiments_of(entry, oracle))


def make_plans(
    entries: Iterable[Entry], seed: int, oracle: Oracle, jobs: int, announce: Announce
) -> dict[str, Plan | NoPlan]:
    """The plans of a class run, by the problem's id.

    jobs: how many known mistakes are recorded at a time, if any is needed and not cached.
    announce: gets a sentence now and then while they are recorded.
    """
    plans: dict[str, Plan | NoPlan] = {}
    for entry in entries:
        known = recorded_once(entry, oracle, jobs, announce)
        try:
            plans[entry.id] = make_plan(entry, seed, oracle, known)
        except Exception as error:  # the author's code: it may raise anything
            plans[entry.id] = NoPlan(entry, error)
    return plans
