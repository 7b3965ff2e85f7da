"""`check(function)` in a Jupyter kernel: the function itself, in this process, on practice cases.

Nothing confines it: it is the student's own code on the student's own machine, be that a laptop or
a hosted notebook. It gets copies of its arguments, and what it raises is told and not passed on.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .catalogue import Course, CourseError, Entry, find_course
from .diagnose.findings import find
from .grade_one import Plan, decisive
from .judge import judge
from .outcome import Answer, Outcome, Violation
from .problem import Case
from .report import CaseReport
from .session import pack_case
from .verdict import Verdict
from .worker import frames, rules
from .worker.submission import SubmissionError, by_position, call
from .writers.html import Checked


def check(function: Callable[..., Any], problem: str | None = None) -> Checked:
    """Runs the function on practice cases; the result shows itself in the notebook.

    problem: its id, where the function is not called as the statement calls it. Raises TypeError
    where it is no function, ValueError where no problem asks for one of that name, and
    CourseError where the course is not found or not whole.
    """
    from .checking import plan_of, smallest_failing

    if not callable(function):
        raise TypeError(
            f"check takes the function itself, as in check(patch_embed_cls), and got "
            f"{type(function).__name__}: leave out the brackets and arguments behind its name."
        )
    entry = _entry(find_course(None, Path.cwd()), function, problem)
    plan = plan_of(entry)
    with _full_precision(), _watching(entry) as watch:
        used = _forbidden_in_source(function, entry)
        if used:
            return _checked(plan, [Violation(tuple(used))])
        ask = _caller(function, entry)
        outcomes: list[Outcome] = []
        for case, right in zip(plan.cases, plan.expected, strict=True):
            outcomes.append(ask(case, right.size))
            if watch.seen:
                outcomes[-1] = Violation(tuple(watch.seen))
                break
            if _not_started(outcomes[-1]):
                break
        checked = _checked(plan, outcomes)
        if checked.judgement.verdict is Verdict.WRONG_ANSWER:
            example = tuple(smallest_failing(entry, ask))
            checked = dataclasses.replace(checked, example=example)
        return checked


def _entry(course: Course, function: Callable[..., Any], problem: str | None) -> Entry:
    if problem is not None:
        return course.get(problem)
    name = getattr(function, "__name__", "")
    for entry in course.entries.values():
        if entry.problem.entry_point == name:
            return entry
    asked = ", ".join(f"`{entry.problem.entry_point}`" for entry in course.entries.values())
    raise ValueError(
        f"No problem asks for a function called `{name}`; there are {asked}. Rename it, or name "
        'the problem: check(function, "patch_embed_cls").'
    )


def _checked(plan: Plan, outcomes: list[Outcome]) -> Checked:
    problem = plan.entry.problem
    judgements = [
        judge(problem, case, right, outcome)
        for case, right, outcome in zip(plan.cases, plan.expected, outcomes, strict=False)
    ]
    missing = len(plan.cases) - len(outcomes)
    padded = [*judgements, *[None] * missing]
    cases = [CaseReport(c, j, 0.0) for c, j in zip(plan.cases, padded, strict=True)]
    findings = find(
        problem, plan.cases, plan.expected, [*outcomes, *[None] * missing], padded, plan.known
    )
    return Checked(
        entry=plan.entry,
        cases=tuple(cases),
        judgement=decisive(cases, ()),
        findings=tuple(findings),
        picture=_first_difference(plan, outcomes, cases),
    )


def _first_difference(
    plan: Plan, outcomes: list[Outcome], cases: list[CaseReport]
) -> tuple[Case, NDArray[np.float64], NDArray[np.float64]] | None:
    """Case, expected and got, of the first answer with wrong numbers in it."""
    for outcome, right, result in zip(outcomes, plan.expected, cases, strict=False):
        if not result.accepted and isinstance(outcome, Answer) and outcome.values is not None:
            return result.case, right, outcome.values.astype(np.float64).reshape(right.shape)
    return None


def _caller(function: Callable[..., Any], entry: Entry) -> Callable[[Case, int], Outcome]:
    try:
        by_name = by_position(function, entry.problem.parameters)
    except SubmissionError as error:
        raised = error.raised
        return lambda case, elements: raised

    def ask(case: Case, elements: int) -> Outcome:
        body = pack_case(case, elements)[frames.HEADER.size :]
        from .worker.__main__ import build_arguments

        try:
            header, data = call(by_name, build_arguments(*frames.parse_message(body)))
        except SubmissionError as error:
            return error.raised
        values = np.frombuffer(data, header.dtype) if header.size == elements else None
        return Answer(header.shape, header.source_dtype, header.size, values)

    return ask


def _not_started(outcome: Outcome) -> bool:
    return isinstance(outcome, frames.Raised) and outcome.type == "NotImplementedError"


@contextlib.contextmanager
def _full_precision() -> Iterator[None]:
    """On a GPU or TPU a product of float32 is by default less than that, which is no mistake."""
    import jax

    with jax.default_matmul_precision("float32"):
        yield


@contextlib.contextmanager
def _watching(entry: Entry) -> Iterator[rules.Watch]:
    import jax

    primitives = entry.problem.rules.primitives
    watch = rules.Watch(primitives)
    if primitives:
        jax.clear_caches()  # type: ignore[no-untyped-call]
    try:
        yield watch
    finally:
        watch.stop()


def _forbidden_in_source(function: Callable[..., Any], entry: Entry) -> list[str]:
    calls = entry.problem.rules.calls
    if not calls:
        return []
    name = getattr(function, "__name__", entry.problem.entry_point)
    return rules.forbidden_calls(_sources(function), name, calls)


def _sources(function: Callable[..., Any]) -> list[ast.Module]:
    """The cells that were run so far; outside a notebook, the function's own source."""
    try:
        shell = get_ipython()  # type: ignore[name-defined]
        texts = [shell.transform_cell(cell) for cell in shell.user_ns["In"]]
    except (NameError, KeyError):
        try:
            texts = [inspect.cleandoc(inspect.getsource(function))]
        except (OSError, TypeError):
            texts = []
    trees = []
    for text in texts:
        with contextlib.suppress(SyntaxError, ValueError):
            trees.append(ast.parse(text))
    return trees


__all__ = ["Checked", "CourseError", "check"]
