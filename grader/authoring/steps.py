"""The steps of a verification, in the order in which an author would fix what they find."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common.errors import CourseError
from ..common.verdict import Verdict
from ..course import files as course_files
from ..course.catalogue import Course, Entry, load_module
from ..course.files import Files
from ..diagnosis.experiments import (
    AS_IT_IS,
    DOUBLED,
    ZEROS,
    doubled,
    main_argument,
    zeroed,
)
from ..grading.grade_one import grade_submission
from ..grading.plan import Plan
from ..judging.compare import difference, relative_tolerance
from ..judging.judgement import Kind
from ..oracle.compile_ahead import warm_up
from ..sandbox import Sandbox
from ..submissions import Submission
from . import made_up_answers
from .bank import Announce, Options, plan_for, try_bank
from .findings import KillMatrix, chance_of_a_miss, kill_matrix, margins
from .trial import MARGIN, Trial

COMPARED_RUNS = 2  # in which the reference is compared with the independent solution
EXACT = 1e-6  # of the largest number: more than float64 rounds, less than a bend
SHARPNESS = 10  # by how much the reference must be more exact than students have to be
EXAMPLE = re.compile(r"```python worked-example\n(.*?)```", re.S)


@dataclass(frozen=True)
class Step:
    """One thing that was checked: what was found, and what there is to fix."""

    name: str
    found: str
    complaints: tuple[str, ...] = ()
    matrix: KillMatrix | None = None


def verify(
    course: Course, problem_id: str, options: Options, sandbox: Sandbox, announce: Announce
) -> Iterator[Step]:
    """The steps one by one, up to the first that finds something to fix.

    Raises SandboxError if no worker starts.
    """
    files = Files(course.root, problem_id)
    try:
        for step in _steps(files, course, options, sandbox, announce):
            yield step
            if step.complaints:
                return
    except CourseError as error:
        yield Step("course", "its files don't work", (str(error),))


def _steps(
    files: Files, course: Course, options: Options, sandbox: Sandbox, announce: Announce
) -> Iterator[Step]:
    found = f"{len(files.owed)} files and {len(files.banks)} in the banks, each with its sentence"
    yield Step("files", found, tuple(course_files.complaints(files)))
    entry = course.get(files.id)
    plans = [plan_for(entry, seed) for seed in options.seeds[:COMPARED_RUNS]]
    yield _cases(plans[0])
    yield _affine(plans[0])
    yield _independent(files, plans)
    found = "the statement's numbers are the reference's"
    yield Step("worked example", found, tuple(_worked_example(entry)))
    yield _stub(files, plans[0], sandbox)
    yield _warm_up(entry, plans[0])
    found = "zeros, ones, NaN, the arguments, other orders and noise are refused; rounding is not"
    complaints = dict.fromkeys(text for plan in plans for text in made_up_answers.complaints(plan))
    yield Step("made-up answers", found, tuple(complaints))
    trials = try_bank(files, entry, options, sandbox, announce)
    yield _bank("right ways", ", all accepted", trials, Verdict.ACCEPTED)
    missed, chance = chance_of_a_miss(trials)
    found = f", {missed} accepted: the chance is below 1 in {1 / chance:,.0f} per run (95 %)"
    yield _bank("mistakes", found, trials, Verdict.WRONG_ANSWER)
    others = [v for v in Verdict if v not in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)]
    yield _bank("other failures", ", each with the verdict of its folder", trials, *others)
    yield _tolerance(trials, entry)
    if options.whole:
        matrix = kill_matrix(trials, list(entry.problem.groups))
        found = f"which group catches which mistake, over {matrix.runs} whole runs"
        yield Step("groups", found, matrix=matrix)


def _cases(plan: Plan) -> Step:
    shapes, problem = {str(case.shapes) for case in plan.cases}, plan.entry.problem
    found = (
        f"{len(plan.cases)} cases of {len(shapes)} shapes in {len(problem.groups)} groups, "
        f"{problem.max_score} points; the reference answers all"
    )
    return Step("cases", found)


def _affine(plan: Plan) -> Step:
    """What explains mistakes by the response to an argument is true of affine functions only."""
    problem, right = plan.entry.problem, plan.examples.right
    if not problem.affine_in or not right:
        return Step("affine", "no argument is said to be")
    main = problem.parameters[main_argument(problem)]
    complaints = []
    for name in problem.affine_in:
        pair = (ZEROS, DOUBLED) if name == main else (zeroed(name), doubled(name))
        zero, double = (right[change] for change in pair)
        bent = np.abs(double - 2 * right[AS_IT_IS] + zero).max(initial=0)
        if bent > EXACT * np.abs(double).max(initial=0):
            complaints.append(
                f"`affine_in` names `{name}`, but what it adds to the right answer is not twice as "
                f"much if all of `{name}` is doubled. Leave it out."
            )
    found = f"the right answer is, in {', '.join(problem.affine_in)}"
    return Step("affine", found, tuple(complaints))


def _independent(files: Files, plans: Sequence[Plan]) -> Step:
    """Compares the reference with a solution that shares nothing with it."""
    problem = plans[0].entry.problem
    second = getattr(load_module(files.independent), problem.entry_point, None)
    if second is None:
        raise CourseError(f"{files.independent} defines no `{problem.entry_point}`.")
    largest, complaints = 0.0, []
    for plan in plans:
        for case, expected in zip(plan.cases, plan.expected, strict=True):
            exact = _numbers(files.independent, second, case.arguments)
            if exact.shape != expected.shape:
                complaints.append(
                    f"In group {case.group} the reference's shape is {expected.shape}, the "
                    f"independent solution's {exact.shape}."
                )
                continue
            diff = difference(expected, exact, relative_tolerance(case.terms, 1))
            largest = max(largest, diff.error / diff.bound if diff.bound else diff.error)
    if largest * SHARPNESS > problem.tolerance_factor:
        complaints.append(
            f"They differ by {largest:.2g} units of float32 rounding; at most "
            f"{problem.tolerance_factor / SHARPNESS:g} would do. One of the two is wrong."
        )
    found = f"the reference agrees with it to {largest:.1g} units of float32 rounding"
    return Step("independent solution", found, tuple(complaints))


def _worked_example(entry: Entry) -> Iterator[str]:
    """Runs the statement's example, which sets `arguments` and `expected`; what there is to fix."""
    path = entry.folder / "README.md"
    examples = EXAMPLE.findall(path.read_text(encoding="utf-8"))
    if len(examples) != 1:
        yield f"{path} needs one block ```python worked-example, and has {len(examples)}."
        return
    names: dict[str, Any] = {}
    try:
        exec(compile(examples[0], "worked-example", "exec"), names)
        arguments, stated = names["arguments"], np.asarray(names["expected"], dtype=np.float64)
    except Exception as error:
        yield (
            f"The worked example in {path} must set `arguments` and `expected`; it raises "
            f"{type(error).__name__}: {error}"
        )
        return
    function = getattr(load_module(entry.reference), entry.problem.entry_point)
    computed = _numbers(entry.reference, function, arguments)
    # A statement prints a few digits only, hence a tolerance of its own.
    if stated.size != computed.size or not difference(computed, stated, 1e-5).ok:
        yield f"Stated are {stated.tolist()}, the reference gives {computed.tolist()}."


def _numbers(
    path: Path, function: Callable[..., Any], arguments: Sequence[Any]
) -> NDArray[np.float64]:
    """What an author's function returns. Raises CourseError if it raises or gives no numbers."""
    try:
        return np.asarray(function(*arguments), dtype=np.float64)
    except Exception as error:
        raise CourseError(f"{path} raised {type(error).__name__}: {error}") from error


def _stub(files: Files, plan: Plan, sandbox: Sandbox) -> Step:
    stub = files.problem / "stub.py"
    report = grade_submission(plan, Submission("stub", stub, files.id), sandbox)
    refused = report.kind is Kind.NOT_STARTED
    complaint = f"{stub} must be refused as not started, but: {report.message}"
    return Step("stub", "refused as not started", () if refused else (complaint,))


def _warm_up(entry: Entry, plan: Plan) -> Step:
    if not entry.warm_up.is_file():
        return Step("warm-up", "there is none: each worker compiles for itself")
    warm_up(entry, {"": plan.cases[0]})
    return Step("warm-up", "it runs on a case")


def _bank(name: str, found: str, trials: Sequence[Trial], *expected: Verdict) -> Step:
    """One complaint for each file with an unexpected verdict, with the first seed that shows it."""
    tried = [trial for trial in trials if trial.expected_verdict in expected]
    first: dict[str, str] = {}
    for t in sorted(tried, key=lambda trial: trial.seed):
        if t.verdict is not t.expected_verdict:
            complaint = f"{t.file}: {t.verdict.words} with seed {t.seed}. {t.message}".rstrip()
            first.setdefault(t.file, complaint)
    files = len({trial.file for trial in tried})
    found = f"{files} files, tried {len(tried):,} times{found}"
    return Step(name, found, tuple(first.values()))


def _tolerance(trials: Sequence[Trial], entry: Entry) -> Step:
    found = margins(trials, entry.problem.tolerance_factor)
    below, above, mistake = found.margin_below, found.margin_above, found.smallest_mistake
    complaints = []
    if below < MARGIN:
        complaints.append(f"Right ways come within {below:.1f} times of the tolerance.")
    if above < MARGIN:
        complaints.append(f"{mistake} is only {above:.1f} times beyond the tolerance.")
    said = (
        f"right ways err by up to {found.right:.2f} units of float32 rounding, {found.bound:g} are "
        f"allowed ({below:.1f} times that), and every mistake errs by {found.wrong:.0f} or more "
        f"({above:.1f} times what is allowed)"
    )
    return Step("tolerance", said, tuple(complaints))
