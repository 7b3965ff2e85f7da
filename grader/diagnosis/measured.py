"""What a function and the right one answer to the same experiments. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem, View
from ..judging.compare import difference, relative_tolerance
from .experiments import AS_IT_IS, CHANGE, CHANGES, element, elements_shape, main_argument

Array = NDArray[np.float64]

ROUNDING = 8.0  # times the noise of one answer: two equal ones are not further apart


@dataclass(frozen=True)
class Measured:
    """cases: the experiments by name. right, got: answers to them, float64; those of a problem with
    a `view` in the shape (images, tokens, features), others in the statement's. got may lack some,
    and holds only answers of the right size.
    """

    problem: Problem
    cases: Mapping[str, Case]
    right: Mapping[str, Array]
    got: Mapping[str, Array]

    @cached_property
    def rounding(self) -> float:
        """How far two equal answers may be apart, in units of the largest of their numbers."""
        terms = self.cases[AS_IT_IS].terms
        return ROUNDING * relative_tolerance(terms, self.problem.tolerance_factor)

    @property
    def view(self) -> View:
        """The parts of an answer, of a problem that has a `view`."""
        assert self.problem.view is not None
        return self.problem.view(self.cases[AS_IT_IS])

    @property
    def all_right(self) -> bool:
        """Whether every experiment was answered, and every answer is right."""
        if not self.right or self.got.keys() != self.right.keys():
            return False
        terms = self.cases[AS_IT_IS].terms
        allowed = relative_tolerance(terms, self.problem.tolerance_factor)
        return all(difference(self.got[n], right, allowed).ok for n, right in self.right.items())

    def same(self, one: Array, other: Array) -> bool:
        """Whether two answers are equal up to rounding."""
        return same(one, other, self.rounding)

    def got_same(self, name: str, other: str = AS_IT_IS) -> bool:
        """Whether the function gave the same answer in both experiments, if it was asked both."""
        return {name, other} <= self.got.keys() and self.same(self.got[name], self.got[other])

    @cached_property
    def off_line(self) -> dict[str, float]:
        """The changes of the whole image that the first image of the answer does not add up to:
        from what each number of the image adds alone. With the largest difference, relative to the
        largest number of what the image adds. Of a problem with a `view`.
        """
        found = responses(self.problem, self.got, self.rounding)
        main, base = main_argument(self.problem), self.got[AS_IT_IS][0]
        far = {}
        for name in CHANGES.keys() & self.got.keys():
            images = (np.asarray(self.cases[n].arguments[main], float) for n in (name, AS_IT_IS))
            numbers = np.subtract(*images).reshape(-1)[: len(found.values)]
            added = np.tensordot(numbers, found.values[:, 0], axes=1)
            apart = np.abs(self.got[name][0] - base - added).max()
            errors = found.noise * (np.linalg.norm(numbers) + abs(numbers.sum()))
            errors += self.rounding * max(np.abs(self.got[name][0]).max(), np.abs(base).max())
            if not apart <= errors:
                far[name] = float(apart / (np.abs(added).max() or 1))
        return far

    def right_same(self, name: str, other: str = AS_IT_IS) -> bool:
        """Whether the right answer is the same in both experiments."""
        return self.same(self.right[name], self.right[other])


def by_tokens(problem: Problem, case: Case, answer: Array) -> Array:
    """An answer as (images, tokens, features) if the problem has a `view`, else as it is."""
    if problem.view is None:
        return answer
    view = problem.view(case)
    return answer.reshape(view.images, view.extra + view.rows * view.columns, view.features)


def same(one: Array, other: Array, rounding: float) -> bool:
    """rounding: in units of the largest number of both. Numbers that are not finite equal none."""
    largest = max(float(np.abs(one).max(initial=0)), float(np.abs(other).max(initial=0)))
    if one.shape != other.shape or not np.isfinite(largest):
        return False
    return bool((np.abs(one - other) <= rounding * largest).all())


@dataclass(frozen=True)
class Responses:
    """How much each number of an answer changes if one number of the image does. values: shape
    (numbers of the image, images, tokens, features). noise: how far equal ones may be apart.
    """

    values: Array
    noise: float


def responses(problem: Problem, answers: Mapping[str, Array], rounding: float) -> Responses:
    """Of a problem with a `view`. answers: to all single changes, and as it is."""
    base = answers[AS_IT_IS]
    changed = np.array([answers[element(place)] for place in np.ndindex(elements_shape(problem))])
    largest = max(float(np.abs(base).max()), float(np.abs(changed).max()))
    return Responses((changed - base) / CHANGE, 2 * rounding * largest / CHANGE)
