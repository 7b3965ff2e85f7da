"""Finds how an answer responds to shift and scale where the right one does otherwise. Pure.

This holds for any function: nothing is assumed of the right answer, only compared with it.
"""

from __future__ import annotations

import numpy as np

from .experiments import DOUBLED, PLUS_1, ZEROS, main_argument
from .finding import Finding
from .measured import Measured

CHANGES = {
    PLUS_1: "1 is added to all of {}",
    DOUBLED: "all of {} is doubled",
    ZEROS: "all of {} is set to 0",
}


def compare_responses(measured: Measured) -> Finding | None:
    """The first change that changes one of the two answers and not the other; None if none does."""
    name = f"`{measured.problem.parameters[main_argument(measured.problem)]}`"
    if not np.isfinite(measured.got[ZEROS]).all():
        return Finding(
            "any:zeros-divide",
            f"If all of {name} is 0 you return NaN or infinity. Look for a division by 0, or for a "
            "logarithm of it.",
        )
    for change, words in CHANGES.items():
        mine, right = measured.got_same(change), measured.right_same(change)
        if mine and not right:
            return Finding(
                f"any:{change}:mine-stays",
                f"If {words.format(name)}, your answer stays the same, and the right one changes.",
            )
        if right and not mine:
            return Finding(
                f"any:{change}:right-stays",
                f"If {words.format(name)}, the right answer stays the same, and yours changes.",
            )
    return None
