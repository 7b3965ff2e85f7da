"""`check(function)` in a Jupyter kernel: the function itself, in this process, on practice cases.

Nothing confines it: it is the student's own code on the student's own machine, be that a laptop or
a hosted notebook. It gets copies of its arguments, and what it raises is told and not passed on.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from ..common.errors import CourseError
from ..common.verdict import Verdict
from ..course.catalogue import Course, Entry, find_course
from ..course.problem import Case
from ..diagnosis.ask_further import look_further
from ..diagnosis.diagnose import diagnose
from ..diagnosis.further_look import Look
from ..diagnosis.known_mistakes import replay
from ..grading.grade_one import decisive
from ..grading.plan import Plan
from ..judging.judge import judge
from ..judging.judgement import Judgement
from ..judging.outcome import Answer, Outcome, Violation
from ..report.report import case_report
from ..sandbox.session import pack_case
from ..worker import frames
from ..worker.source import SubmissionError
from ..worker.submission import build_arguments, by_position, call
from ..worker.watch import Watch
from ..writers.check_html import Checked
from .bound_before import swap

Caller = Callable[[Case, int], Outcome]  # a case, and how many elements its right answer has


def check(function: Callable[..., Any], problem: str | None = None) -> Checked:
    """Runs the function on practice cases; the result shows itself in the notebook.

    problem: its id, where the function is not called as the statement calls it. Raises TypeError
    where it is no function, ValueError where no problem asks for one of that name, and
    CourseError where the course is not found or not whole.
    """
    from .check_file import plan_of

    if not callable(function):
        raise TypeError(
            f"check takes the function itself, as in check(patch_embed_cls), and got "
            f"{type(function).__name__}: leave out the brackets and arguments behind its name."
        )
    entry = _entry(find_course(None, Path.cwd()), function, problem)
    plan = plan_of(entry, print)
    ask = _caller(function, entry)
    look, known = Look(), None
    with _full_precision(), _watching(function, entry) as watch:
        outcomes = list(_outcomes(plan, ask, watch))
        judgements = _judged(plan, outcomes)
        verdict = decisive(judgements, ())
        if verdict.verdict is Verdict.WRONG_ANSWER:
            look = look_further(entry.problem, plan.examples, ask)
    answers = [*outcomes, *[None] * (len(plan.cases) - len(outcomes))]
    if verdict.verdict is Verdict.WRONG_ANSWER:
        mistakes = plan.known()
        known = mistakes.name(replay(mistakes.cases, mistakes.right, answers))
    diagnosis = diagnose(entry.problem, plan.cases, plan.expected, answers, judgements, look, known)
    cases = tuple(map(case_report, plan.cases, judgements))
    return Checked(entry, cases, verdict, diagnosis)


def _outcomes(plan: Plan, ask: Caller, watch: Watch) -> Iterator[Outcome]:
    for case, right in zip(plan.cases, plan.expected, strict=True):
        outcome = ask(case, right.size)
        used = watch.take()
        yield Violation(used) if used else outcome
        if used or _not_started(outcome):
            return


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


def _judged(plan: Plan, outcomes: Sequence[Outcome]) -> list[Judgement | None]:
    return [
        None if outcome is None else judge(plan.entry.problem, case, right, outcome)
        for case, right, outcome in zip_longest(plan.cases, plan.expected, outcomes)
    ]


def _caller(function: Callable[..., Any], entry: Entry) -> Caller:
    try:
        by_name = by_position(function, entry.problem.parameters)
    except SubmissionError as error:
        raised = error.raised
        return lambda case, elements: raised

    def ask(case: Case, elements: int) -> Outcome:
        body = pack_case(case, elements)[frames.HEADER.size :]
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
def _watching(function: Callable[..., Any], entry: Entry) -> Iterator[Watch]:
    """Watches what has already been imported and traced, and leaves it as it was."""
    import jax

    rules = entry.problem.rules
    if rules.primitives or rules.calls:
        jax.clear_caches()  # type: ignore[no-untyped-call]
    while isinstance(function, partial):
        function = function.func
    module = sys.modules.get(function.__module__) or sys.modules["__main__"]
    with Watch(rules.primitives, rules.calls) as watch, swap(vars(module), watch.wrappers):
        yield watch


__all__ = ["Checked", "CourseError", "check"]
