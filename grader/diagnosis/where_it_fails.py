"""Finds the property that all failing cases have and no passing one."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from ..course.problem import Case, Problem
from .finding import Finding
from .sizes import sizes

FEWEST = 2  # cases on either side; one alone differs from the others in every way

RELATIONS = {"!=": operator.ne, "=": operator.eq, ">": operator.gt}
OPPOSITES = {"!=": "=", "=": "≠", ">": "≤", "> 1": "= 1", "= 1": "> 1"}


def find_property(
    problem: Problem, passed: Sequence[Case], failed: Sequence[Case]
) -> Finding | None:
    """The first property that separates the cases, or None."""
    if min(len(passed), len(failed)) < FEWEST:
        return None
    right = [sizes(problem, case) for case in passed]
    wrong = [sizes(problem, case) for case in failed]
    for text in problem.properties or simple_properties(problem):
        in_wrong = {_holds(text, case) for case in wrong}
        in_right = {_holds(text, case) for case in right}
        if in_wrong == {True} and in_right == {False}:
            has, has_not = _in_words(problem, text)
            return Finding(
                f"wrong-where:{text.replace(' ', '')}",
                f"Every wrong case has {has}. Every right case has {has_not}.",
            )
    if all(case.arrays == "jax" for case in failed) and all(c.arrays != "jax" for c in passed):
        return Finding(
            "wrong-where:jax-arrays",
            "Every wrong case has JAX arrays as arguments. Every right case has NumPy arrays.",
        )
    return None


def simple_properties(problem: Problem) -> Iterator[str]:
    """How the sizes of one array compare with each other and with 1, of any problem with `axes`."""
    axes = [names.replace("_", " ").split() for names in problem.axes.values()]
    for one, other in (pair for names in axes for pair in combinations(names, 2)):
        yield from (f"{one} != {other}", f"{one} > {other}", f"{other} > {one}", f"{one} = {other}")
    for name in dict.fromkeys(name for names in axes for name in names):
        yield from (f"{name} > 1", f"{name} = 1")


def _holds(text: str, known: Mapping[str, int]) -> bool | None:
    """Whether a case has a property; None if the problem lacks a size, or if it is 0."""
    left, relation, right = text.split()
    one, other = (int(word) if word.isdigit() else known.get(word) for word in (left, right))
    return bool(RELATIONS[relation](one, other)) if one and other else None


def _in_words(problem: Problem, text: str) -> tuple[str, str]:
    """A property and its opposite."""
    left, relation, right = text.split()
    one, other = (problem.size_names.get(name, name) for name in (left, right))
    return (
        f"{one} {relation.replace('!=', '≠')} {other}",
        f"{one} {OPPOSITES.get(f'{relation} {right}') or f'{OPPOSITES[relation]} {other}'}",
    )
