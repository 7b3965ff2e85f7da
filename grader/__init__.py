"""Graded exercises for the input stage of a Vision Transformer, and the grader that judges them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .writers.check_html import CheckResult


def check(function: Callable[..., Any], problem: str | None = None) -> CheckResult:
    """Checks a function on practice cases, in a notebook: `check(patch_embed_cls)`.

    See `grader.student.check_function.check`, which is imported here to keep `import grader` fast.
    """
    from .student.check_function import check as check_here

    return check_here(function, problem)


__all__ = ["check"]
