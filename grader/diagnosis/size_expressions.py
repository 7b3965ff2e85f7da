"""Names a number: a well-known constant, or an expression of a case's sizes such as √d_model."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Form = tuple[str, Callable[..., Array]]

CONSTANTS = {
    **{f"1/{n}": 1 / n for n in (3, 6, 7, 9, 12, 127.5, 255, 256, 65535)},
    **{f"√{n}": math.sqrt(n) for n in (2, 3, 6)},
    **{f"1/√{n}": 1 / math.sqrt(n) for n in (2, 3, 6)},
    "2/3": 2 / 3,
    "the deviation of a standard normal distribution cut off at ±2": 0.8796256610342398,
}
# {a} and {b} are the words of sizes, {0} and {1} the same in parentheses if they need any.
ONE_SIZE: tuple[Form, ...] = (
    ("{a}", lambda size: size),
    ("1/{0}", lambda size: 1 / size),
    ("√{0}", np.sqrt),
    ("1/√{0}", lambda size: 1 / np.sqrt(size)),
    ("{0}²", np.square),
    ("1/{0}²", lambda size: 1 / size**2),
)
# The ratios of the deviations of weights that are drawn by their fan-in, fan-out, or both.
TWO_SIZES: tuple[Form, ...] = (
    ("√({a}/{1})", lambda one, other: np.sqrt(one / other)),
    ("√(2·{a}/({a} + {b}))", lambda one, other: np.sqrt(2 * one / (one + other))),
    ("{a}/{1}", lambda one, other: one / other),
)
LETTERS = str.maketrans({"√": "sqrt:", "²": "^2", "·": "*", " ": None})
MOST_NAMED = 2  # if more expressions fit than this, none of them is likely to be meant
FEWEST_VALUES = 3  # of an expression in different cases, if a constant beside it is free


@dataclass(frozen=True)
class Measured:
    """A number of each case. slack: by how much it may differ from the true one, of rounding."""

    values: Array
    slack: Array

    def fits(self, other: Array | float) -> bool:
        return bool((np.abs(self.values - other) <= self.slack).all())

    def constant(self) -> float | None:
        """The one value that fits in every case, the most exact, or None."""
        value = float(self.values[np.argmin(self.slack / np.abs(self.values))])
        return value if self.fits(value) else None


@dataclass(frozen=True)
class Name:
    """A number in words, and in letters of the alphabet."""

    words: str
    id: str


def name_constant(measured: Measured, value: float) -> Name:
    """A value as a number, with the well-known constant that alone fits, if there is one."""
    fitting = [(words, exact) for words, exact in CONSTANTS.items() if measured.fits(exact)]
    if len(fitting) != 1:
        return Name(f"{value:.6g}", f"{value:.6g}")
    ((words, exact),) = fitting
    number = f"{exact:.6g}"
    short = f"{words} ({number})" if len(words) < len("1/65535 ") else f"{number} ({words})"
    return Name(short, number)


def name_by_sizes(
    measured: Measured, sizes: Mapping[str, Array], names: Mapping[str, str]
) -> Name | None:
    """The expressions of sizes that the measured numbers are in every case.

    sizes: of each case, by name, all 1 or more. names: what a size is in words, if its name doesn't
    say it. None if none fits, or if so many do that it says little.
    """
    for candidates in (
        _expressions(ONE_SIZE, sizes, names, 1),
        _expressions(TWO_SIZES, sizes, names, 2),
        _multiples(measured, _expressions(ONE_SIZE, sizes, names, 1)),
    ):
        fitting = [name for name, values in candidates if measured.fits(values)]
        if fitting:
            return _joined(fitting) if len(fitting) <= MOST_NAMED else None
    return None


def _expressions(
    forms: Sequence[Form], sizes: Mapping[str, Array], names: Mapping[str, str], count: int
) -> Iterator[tuple[Name, Array]]:
    for chosen in permutations(sizes, count):
        words = [names.get(name, name) for name in chosen]
        for text, function in forms:
            said = text.format(*map(_in_parentheses, words), **dict(zip("ab", words, strict=False)))
            letters = text.format(*chosen, **dict(zip("ab", chosen, strict=False))).translate(
                LETTERS
            )
            yield Name(said, letters), function(*(sizes[name] for name in chosen))


def _multiples(
    measured: Measured, candidates: Iterator[tuple[Name, Array]]
) -> Iterator[tuple[Name, Array]]:
    """Each candidate times the number that fits it best."""
    for name, values in candidates:
        ratios = Measured(measured.values / values, measured.slack / values)
        factor = ratios.constant()
        if factor is not None and len(set(values)) >= FEWEST_VALUES:
            yield Name(f"{factor:.6g} · {name.words}", f"{factor:.6g}*{name.id}"), factor * values


def _in_parentheses(words: str) -> str:
    return words if re.fullmatch("[A-Za-z_]+", words) else f"({words})"


def _joined(fitting: Sequence[Name]) -> Name:
    others = "".join(f" (or {name.words})" for name in fitting[1:])
    return Name(fitting[0].words + others, fitting[0].id)
