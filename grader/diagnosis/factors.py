"""Finds a factor: answers, or a part of them, that are a multiple of the right ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from ..course.problem import Case, Problem
from ..judging.compare import relative_tolerance
from .finding import Finding
from .size_expressions import Measured, Name, name_by_sizes, name_constant
from .sizes import letters, sizes
from .tokens import added_terms, as_tokens, equal

Array = NDArray[np.float64]
Failed = Sequence[tuple[Case, Array, Array]]  # cases with the expected and the given numbers


@dataclass(frozen=True)
class Part:
    """What has the factor: all tokens or some, and perhaps before a parameter is added to them."""

    place: str = ""  # "first-token", "other-tokens"
    term: str = ""

    @property
    def words(self) -> str:
        of = {"first-token": "the first token", "other-tokens": "the patches"}.get(self.place, "")
        numbers = f"every number of {of}" if of else "every number"
        return f"{numbers}, before `{self.term}` is added," if self.term else numbers

    @property
    def id(self) -> str:
        place = f":{self.place}" if self.place else ""
        return f"{place}:before-{self.term}" if self.term else place


def find_factor(problem: Problem, failed: Failed) -> Finding | None:
    """The factor by which all failing cases differ from the right answer, or None.

    failed: the numbers are float64, of the same shape. A factor may depend on the sizes of a case,
    but not on its numbers.
    """
    failed = sorted(failed, key=lambda failure: failure[1].size)  # the cheapest to refuse first
    for part in _parts(problem, failed):
        measured = _measure(problem, failed, part)
        if measured:
            return _say(problem, [case for case, *_ in failed], part, measured)
    return None


def _parts(problem: Problem, failed: Failed) -> Iterator[Part]:
    if not failed:
        return
    case, right, _ = failed[0]
    extra = problem.view(case).extra if problem.view else 0
    terms = added_terms(problem, case, as_tokens(problem, case, right))
    places = ("", "other-tokens", "first-token") if extra else ("",)
    for term, place in product(["", *(name for name, _ in terms)], places):
        yield Part(place, term)


def _measure(problem: Problem, failed: Failed, part: Part) -> Measured | None:
    """The factor of each case; None if a part isn't a multiple, or if the rest isn't right."""
    factors: list[float] = []
    slacks: list[float] = []
    most_numbers = 0
    for case, right, got in failed:
        tokens, given = (as_tokens(problem, case, numbers) for numbers in (right, got))
        terms = {"": np.zeros_like(tokens), **dict(added_terms(problem, case, tokens))}
        if part.term not in terms:
            return None
        term = terms[part.term]
        there = _there(problem, case, part)
        base, changed = (tokens - term)[there], tokens.copy()
        square = float(np.vdot(base, base))
        factor = float(np.vdot(base, (given - term)[there])) / square if square else 0.0
        changed[there] = factor * base + term[there]
        if not factor or not np.isfinite(factor) or not equal(problem, case, changed, given):
            return None
        tolerance = relative_tolerance(case.terms, problem.tolerance_factor)
        factors.append(factor)
        slacks.append(tolerance * float(np.abs(changed).max() / np.abs(base).max()))
        most_numbers = max(most_numbers, int(np.count_nonzero(base)))
    measured = Measured(np.array(factors), np.array(slacks))
    # Any single number is a multiple of any other, and what rounding hides is no multiple at all.
    return None if most_numbers < 2 or measured.fits(0) else measured


def _there(problem: Problem, case: Case, part: Part) -> tuple[slice, ...]:
    """The index of a part's tokens."""
    if not part.place or not problem.view:
        return ()
    extra = problem.view(case).extra
    return slice(None), slice(extra) if part.place == "first-token" else slice(extra, None)


def _say(problem: Problem, cases: Sequence[Case], part: Part, measured: Measured) -> Finding | None:
    rest = "" if part == Part() else " Everything else is right."
    constant = measured.constant()
    if constant is not None:
        name: Name | None = name_constant(measured, constant)
    else:
        of = [sizes(problem, case) for case in cases]
        known = [key for key in of[0] if all(other.get(key, 0) > 0 for other in of)]
        arrays = {key: np.array([float(other[key]) for other in of]) for key in known}
        name = name_by_sizes(measured, arrays, problem.size_names)
    if name:
        return Finding(
            f"factor:{name.id}{part.id}",
            f"In each wrong case, {part.words} is {name.words} times the right one.{rest} Look for "
            "a factor that does not belong there, or for one that is missing.",
        )
    two = _two_cases([letters(problem, case) for case in cases], measured)
    if two is None:
        return None
    return Finding(
        f"factor:varies{part.id}",
        f"In each wrong case, {part.words} is a multiple of the right one, but not always the "
        f"same: {two}.{rest} Look for a factor that depends on a size or on the numbers.",
    )


def _two_cases(of: Sequence[dict[str, int]], measured: Measured) -> str | None:
    """Two cases with different factors that differ in as few sizes as possible.

    None if two cases of the same sizes have different factors: then these depend on other things.
    """
    pairs = []
    for one, other in combinations(range(len(of)), 2):
        apart = abs(measured.values[one] - measured.values[other])
        if apart > measured.slack[one] + measured.slack[other]:
            differ = [name for name in of[one] if of[one][name] != of[other].get(name)]
            pairs.append((len(differ), one, other, differ))
    if not pairs or not min(pairs)[0]:
        return None
    _, *two, differ = min(pairs)
    told = (
        f"{measured.values[n]:.6g} times for "
        + ", ".join(f"{name} = {of[n][name]}" for name in differ)
        for n in two
    )
    return ", and ".join(told)
