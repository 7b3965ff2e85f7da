"""`check(function)` in a Jupyter kernel: runs the function in this process, on practice cases.

Nothing confines it: this is the student's code in the student's kernel. The function gets copies
of its arguments, and its exceptions become messages.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..common.verdict import Verdict
from ..course.catalogue import Course, Entry, find_course
from ..course.problem import Case
from ..diagnosis.diagnose import diagnose
from ..diagnosis.further_look import FurtherLook, look_further
from ..diagnosis.known_mistakes import replay
from ..grading.grade_one import final_judgement
from ..judging.judge import judge
from ..judging.judgement import Judgement, Kind
from ..judging.outcome import Answer, Outcome, Violation
from ..report.report import case_report
from ..sandbox.session import pack_case
from ..worker import frames
from ..worker.source import SubmissionError
from ..worker.submission import build_arguments, by_position, call
from ..worker.watch import Watch
from ..writers.check_html import CheckResult
from .check_file import plan_of
from .saved_notebook import check_saved


def check(function: Callable[..., Any], problem: str | None = None) -> CheckResult:
    """Runs the function on practice cases, then the saved notebook if all is right. The result
    shows itself in the notebook.

    problem: its id, if the function does not have the statement's name. Raises TypeError if it is
    not a function, ValueError if no problem asks for a function of its name, and CourseError if
    the course is not found or incomplete.
    """
    if not callable(function):
        raise TypeError(
            f"check takes the function itself, as in check(patch_embed_cls), but got "
            f"{type(function).__name__}. Remove the brackets and arguments after its name."
        )
    entry = _entry(find_course(None, Path.cwd()), function, problem)
    plan = plan_of(entry, print)
    ask = _caller(function, entry)
    outcomes: list[Outcome | None] = [None] * len(plan.cases)
    judgements: list[Judgement | None] = [None] * len(plan.cases)
    look, known = FurtherLook(), None
    with _watching(function, entry) as watch:
        for n, (case, right) in enumerate(zip(plan.cases, plan.expected, strict=True)):
            outcome = ask(case, right.size)
            used = watch.take()
            outcomes[n] = outcome = Violation(used) if used else outcome
            judgements[n] = judgement = judge(entry.problem, case, right, outcome)
            if judgement.kind in (Kind.RULE_BROKEN, Kind.NOT_STARTED):
                break
        final = final_judgement(judgements)
        is_wrong = final.verdict is Verdict.WRONG_ANSWER
        if is_wrong:
            look = look_further(entry.problem, plan.examples, ask)
    if is_wrong:
        mistakes = plan.known()
        known = mistakes.name(replay(mistakes.cases, mistakes.right, outcomes))
    diagnosis = diagnose(
        entry.problem, plan.cases, plan.expected, outcomes, judgements, look, known
    )
    cases = tuple(map(case_report, plan.cases, judgements))
    saved = check_saved(plan, function) if final.verdict is Verdict.ACCEPTED else None
    return CheckResult(entry, cases, final, diagnosis, saved)


def _entry(course: Course, function: Callable[..., Any], problem: str | None) -> Entry:
    if problem is not None:
        return course.get(problem)
    name = getattr(function, "__name__", "")
    for entry in course.entries.values():
        if entry.problem.entry_point == name:
            return entry
    asked = ", ".join(f"`{entry.problem.entry_point}`" for entry in course.entries.values())
    raise ValueError(
        f"No problem asks for a function called `{name}`. The problems ask for {asked}. "
        'Rename your function, or add the problem: check(function, "patch_embed_cls").'
    )


def _caller(function: Callable[..., Any], entry: Entry) -> Callable[[Case, int], Outcome]:
    """Asks the function for a case whose right answer has so many elements."""
    try:
        positional = by_position(function, entry.problem.parameters)
    except SubmissionError as error:
        raised = error.raised
        return lambda case, elements: raised

    def ask(case: Case, elements: int) -> Outcome:
        body = pack_case(case, elements)[frames.HEADER.size :]
        try:
            header, data = call(positional, build_arguments(*frames.parse_message(body)))
        except SubmissionError as error:
            return error.raised
        values = np.frombuffer(data, header.dtype) if header.size == elements else None
        return Answer(header.shape, header.source_dtype, header.size, values)

    return ask


@contextlib.contextmanager
def _watching(function: Callable[..., Any], entry: Entry) -> Iterator[Watch]:
    """Watches what the function uses, also what the notebook imported or traced before."""
    import jax

    rules = entry.problem.rules
    if rules.primitives or rules.calls:
        jax.clear_caches()  # type: ignore[no-untyped-call]
    while isinstance(function, partial):
        function = function.func
    module = sys.modules.get(function.__module__) or sys.modules["__main__"]
    with (
        jax.default_matmul_precision("float32"),  # the default of a GPU is less precise
        Watch(rules.primitives, rules.calls) as watch,
        swapped(vars(module), watch.wrappers),
    ):
        yield watch


@contextlib.contextmanager
def swapped(names: dict[str, Any], wrappers: Mapping[Any, Any]) -> Iterator[None]:
    """Puts wrappers in the place of the functions that a namespace has imported by name."""
    by_id = {id(function): wrapper for function, wrapper in wrappers.items()}
    before = {name: value for name, value in names.items() if id(value) in by_id}
    names.update({name: by_id[id(value)] for name, value in before.items()})
    try:
        yield
    finally:
        names.update(before)
