"""Compares an answer with the expected values, within what float32 rounding explains.

The error model. An output element is a sum of n = C·p² float32 products. In any order of addition,
its rounding error is a random walk of about n steps of half a unit in the last place, so it grows
like √n · 2⁻²³ relative to the size of the outputs (Higham & Mary, "A new approach to probabilistic
rounding error analysis", SIAM J. Sci. Comput. 41(5), 2019). An answer is right if

    max |got - expected|  ≤  factor · 2⁻²³ · √n · max |expected|

Right answers stay below a factor of 0.9, except in about one run of a hundred, when the largest of
few outputs is small by chance: five features of a kernel that nearly cancels a constant image gave
1.33. The smallest mistake in the banks (a result scaled by 1 - 1e-5) is at 35. The factor 6 lies
between, a factor of 4 or more from both. The bound is relative to the largest output, not to each
element: an element near zero is the difference of large ones and carries their rounding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ULP = 2.0**-23  # the spacing of float32 just above 1

# A decorator of what computes with answers, which may be any numbers: an overflow gives infinity,
# which is wrong like any other number, and nobody needs a warning.
any_numbers = np.errstate(all="ignore")


@dataclass(frozen=True)
class Difference:
    """How far an answer is from the expected values.

    error: the largest absolute difference. bound: the allowed one; both are in the units of the
    output. index: where the largest difference is, in the expected shape. got, expected: the values
    there. wrong: how many elements differ by more than the bound. not_finite: how many elements are
    NaN or infinite, which is always wrong.
    """

    error: float
    bound: float
    index: tuple[int, ...]
    got: float
    expected: float
    wrong: int
    not_finite: int

    @property
    def ok(self) -> bool:
        return self.wrong == 0 and self.not_finite == 0


def relative_tolerance(terms: int, factor: float) -> float:
    """The allowed error in units of max |expected|, for sums of `terms` products."""
    return factor * ULP * math.sqrt(terms)


@any_numbers
def difference(
    got: NDArray[np.floating], expected: NDArray[np.floating], tolerance: float
) -> Difference:
    """Compares flat values with expected ones of the same number of elements.

    got: any shape, any float dtype. expected: float, finite. tolerance: relative to max
    |expected|. Raises ValueError if the numbers of elements differ: nothing broadcasts.
    """
    if got.size != expected.size:
        raise ValueError(f"{got.size} elements compared with {expected.size}")
    values = got.ravel().astype(np.float64)
    target = expected.ravel().astype(np.float64)
    bound = tolerance * float(np.max(np.abs(target), initial=0.0))
    finite = np.isfinite(values)
    distance = np.where(finite, np.abs(np.where(finite, values, 0.0) - target), np.inf)
    worst = int(np.argmax(distance)) if distance.size else 0
    return Difference(
        error=float(distance[worst]) if distance.size else 0.0,
        bound=bound,
        index=tuple(int(i) for i in np.unravel_index(worst, expected.shape or (1,))),
        got=float(values[worst]) if values.size else 0.0,
        expected=float(target[worst]) if target.size else 0.0,
        wrong=int(np.count_nonzero(distance > bound)),
        not_finite=int(np.count_nonzero(~finite)),
    )
