"""Finds answers that are nearly right: low precision, and numbers that overflow. Pure."""

from __future__ import annotations

import math

import numpy as np

from .experiments import AS_IT_IS, PLUS_1
from .finding import Finding
from .measured import Measured, responses

NEARLY = 2.0**-6  # of the largest number: a coarser answer is another one


def how_precise(measured: Measured) -> Finding | None:
    """Whether all answers are the right ones to a few digits, and no linear function: one with a
    factor near 1, or with a small number that is added, rounds nothing.
    """
    shares = {
        name: float(np.abs(measured.got[name] - right).max() / (np.abs(right).max() or 1))
        for name, right in measured.right.items()
    }
    if not measured.rounding < max(shares.values()) < NEARLY or _is_linear(measured):
        return None
    bits = round(-math.log2(max(shares.values())))
    return Finding(
        f"precision:{bits}",
        f"Your numbers are the right ones, but only to about {bits} bits: float32 has 24, float16 "
        "11 and bfloat16 8. Compute with float32 in every step, and round nothing.",
    )


def _is_linear(measured: Measured) -> bool:
    """Whether 1 in every pixel changes as much as the sum of the changes by each pixel alone."""
    if measured.problem.view is None or not measured.problem.affine_in:
        return False
    got = measured.got
    found = responses(measured.problem, got, measured.rounding)
    alone = found.values[:, 0].sum(axis=0)
    together = (got[PLUS_1] - got[AS_IT_IS])[0]
    return bool((np.abs(alone - together) <= found.noise * math.sqrt(len(found.values))).all())


def what_overflows(measured: Measured) -> Finding | None:
    """Numbers that are not finite: for large values only, or always."""
    finite = {name: bool(np.isfinite(answer).all()) for name, answer in measured.got.items()}
    bad = [name for name, fine in finite.items() if not fine]
    if not bad:
        return None
    if all(name in ("very large", "enormous") for name in bad):
        return Finding(
            "precision:overflow",
            f"For values of about {'1000' if 'very large' in bad else '8000'} you return infinity "
            "or NaN, and for small ones you don't. float16 ends at 65504, float32 at 3e38, and "
            "`exp` overflows early.",
        )
    some = measured.got[bad[0]]
    count = int(np.count_nonzero(~np.isfinite(some)))
    return Finding(
        "precision:not-finite",
        f"On a small input {count} of {some.size} numbers are NaN or infinite. Look for an array "
        "from `np.empty` that is not filled, and for a division by 0 or a logarithm of it.",
    )
