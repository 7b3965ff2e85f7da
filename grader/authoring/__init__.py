"""Proof that a problem is sound: right ways pass, known mistakes are caught, nothing is missing."""

from .bank import Effort
from .steps import Step, verify

__all__ = ["Effort", "Step", "verify"]
