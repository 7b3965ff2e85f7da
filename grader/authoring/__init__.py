"""Proof that a problem is sound: right ways pass, known mistakes are caught, nothing is missing."""

from .bank import Options
from .steps import Step, verify

__all__ = ["Options", "Step", "verify"]
