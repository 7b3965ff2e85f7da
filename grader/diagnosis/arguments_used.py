"""Finds arguments that change nothing, and answers that are right for another number. Pure."""

from __future__ import annotations

import numpy as np

from .experiments import (
    AS_IT_IS,
    CHANGES,
    OTHER_NUMBERS,
    doubled,
    main_argument,
    other_number,
    zeroed,
)
from .finding import Finding
from .measured import Measured


def how_arguments_are_used(measured: Measured) -> Finding | None:
    """The most specific finding that is true of all answers; None if each argument matters."""
    found = (find(measured) for find in (_constant, _one_number, _other_number, _ignored))
    return next(filter(None, found), None)


def _constant(measured: Measured) -> Finding | None:
    got, right = measured.got.values(), measured.right.values()
    values = {float(value) for answer in got for value in {answer.min(), answer.max()}}
    if len(values) != 1 or len({float(a.max()) for a in right}) == 1:
        return None
    value = f"{values.pop():.6g}"
    return Finding(
        f"constant:{value}",
        f"Every number that you return for small arguments is {value}, whatever their values are. "
        "Return what you compute.",
    )


def _one_number(measured: Measured) -> Finding | None:
    if all(np.ptp(answer) == 0 for answer in measured.got.values()) and any(
        np.ptp(answer) > 0 for answer in measured.right.values()
    ):
        return Finding(
            "one-number",
            "All numbers of an answer are one and the same, such as a mean. Return what you "
            "compute for each token and feature.",
        )
    return None


def _ignored(measured: Measured) -> Finding | None:
    """Arguments that change nothing although they change the right answer."""
    problem = measured.problem
    ignored = []
    for number, name in enumerate(problem.parameters):
        changes = [*CHANGES] if number == main_argument(problem) else [doubled(name), zeroed(name)]
        changes += [other_number(name, n) for n in OTHER_NUMBERS]
        asked = [change for change in changes if change in measured.cases and change != AS_IT_IS]
        if not asked or all(measured.right_same(change) for change in asked):
            continue
        if all(measured.got_same(change) for change in asked):
            ignored.append(f"`{name}`")
    if not ignored:
        return None
    names = " or ".join(ignored)
    return Finding(
        f"ignored:{','.join(ignored).replace('`', '')}",
        f"In calls one after the other, other values of {names} change nothing in your answer. "
        "Look for a value that is written in your code in its place, for a result that you don't "
        "use, and for one that is kept from an earlier call.",
    )


def _other_number(measured: Measured) -> Finding | None:
    """The right answer for another number than the one that was given, each time."""
    problem, base = measured.problem, measured.cases[AS_IT_IS]
    for name, given in zip(problem.parameters, base.arguments, strict=True):
        if isinstance(given, np.ndarray):
            continue
        numbers = {int(given): AS_IT_IS}
        for n in (*OTHER_NUMBERS, int(given) + 1):
            if other_number(name, n) in measured.got:
                numbers[n] = other_number(name, n)
        used = {
            mine: [n for n in numbers if _is_right_for(measured, numbers[mine], numbers[n])]
            for mine in numbers
        }
        found = {mine: n[0] for mine, n in used.items() if len(n) == 1 and n[0] != mine}
        if int(given) not in found or any(mine in n for mine, n in used.items() if n != [mine]):
            continue
        always = set(found.values()) if len(found) >= len(numbers) - 1 else set()
        if len(always) == 1:
            value = always.pop()
            return Finding(
                f"always:{name}:{value}",
                f"Your answer is right for `{name}` = {value}, whatever `{name}` is. Use the "
                f"`{name}` that your function gets, and keep nothing from earlier calls.",
            )
        value = found[int(given)]
        return Finding(
            f"other-number:{name}",
            f"For `{name}` = {given} you return the right answer for `{name}` = {value}. Use "
            f"`{name}` as it is.",
        )
    return None


def _is_right_for(measured: Measured, mine: str, other: str) -> bool:
    return measured.same(measured.got[mine], measured.right[other])
