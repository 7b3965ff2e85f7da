"""Proof that a problem is sound: right ways pass, known mistakes are caught, nothing is missing."""

from .steps import SEEDS, Step, verify

__all__ = ["SEEDS", "Step", "verify"]
