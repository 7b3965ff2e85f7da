"""Tries right and wrong answers in a process of ours: what makes many runs affordable."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from ..common.errors import CourseError
from ..common.verdict import Verdict
from ..course.catalogue import load_course
from ..course.problem import Case
from ..grading.plan import NoPlan, Plan, make_plan
from ..judging.judge import judge
from ..judging.judgement import Judgement
from ..oracle.in_process import Own, ask_own, load_own, quiet
from ..oracle.reference import Reference
from ..worker.jax_internals import settings_restored
from .trial import Trial, make_trial

_course = cache(load_course)
_kept: dict[Path, Own] = {}


def try_here(root: Path, problem_id: str, path: Path, seed: int, whole: bool) -> Trial:
    """Tries one file on the cases of one run. Raises CourseError where these can't be had.

    A mistake is loaded anew for each run. A right answer keeps its module, and with it what JAX
    has compiled for it: whatever a right answer remembers must not matter.
    """
    plan = _plan(root, problem_id, seed)
    keep = path.parent.name == Verdict.ACCEPTED
    with quiet(), settings_restored():
        return make_trial(plan.entry.problem, path, seed, _judged(plan, path, keep), whole)


@lru_cache(maxsize=2)
def _plan(root: Path, problem_id: str, seed: int) -> Plan:
    plan = make_plan(_course(root).get(problem_id), seed, Reference())
    if isinstance(plan, NoPlan):
        raise CourseError(f"{problem_id}, seed {seed}: {plan.error}") from plan.error
    return plan


def _judged(plan: Plan, path: Path, keep: bool) -> Iterator[tuple[Case, Judgement]]:
    problem, limits = plan.entry.problem, plan.entry.problem.limits
    own = _kept.get(path)
    if own is None:
        loaded = load_own(problem, path)
        if not isinstance(loaded, Own):
            yield plan.cases[0], judge(problem, plan.cases[0], plan.expected[0], loaded)
            return
        own = loaded
        if keep:
            _kept[path] = own
    for case, expected in zip(plan.cases, plan.expected, strict=True):
        outcome = ask_own(own, case, expected.size, case.seconds or limits.case_seconds)
        yield case, judge(problem, case, expected, outcome)
