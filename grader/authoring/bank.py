"""Tries every file of a problem's banks under every seed, each time in a worker of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path

from ..common.errors import CourseError
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..course.files import Files
from ..course.problem import Case
from ..grading.plan import Plan, make_plan
from ..judging.judge import judge
from ..judging.judgement import Judgement
from ..judging.outcome import Answer, Failure
from ..oracle.compile_ahead import compile_ahead
from ..oracle.reference import Reference
from ..oracle.unconfined import warm_unconfined
from ..sandbox import Sandbox, worker_threads
from ..sandbox.session import Session
from ..submissions import Code
from .trial import Trial, make_trial

# These only compute. Without walls, what is compiled for one file is kept for the next.
UNCONFINED = (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)

Announce = Callable[[str, int, int], None]  # what was tried, how many trials are done, of how many


@dataclass(frozen=True)
class Options:
    """seeds: of the runs. whole: in how many of these each mistake runs on all cases. jobs: how
    many workers run at a time.
    """

    seeds: Sequence[int]
    whole: int
    jobs: int


def try_bank(
    files: Files, entry: Entry, options: Options, sandbox: Sandbox, announce: Announce
) -> list[Trial]:
    """All trials of a problem, run by run. Raises CourseError, SandboxError."""
    compile_ahead([entry], options.seeds)
    trials: list[Trial] = []
    left = files.banks
    with warm_unconfined() as unconfined, worker_threads(options.jobs) as pool:
        for number, seed in enumerate(options.seeds):
            plan = plan_for(entry, seed)
            whole = number < options.whole
            futures = {}
            for path in left:
                place = unconfined if path.parent.name in UNCONFINED else sandbox
                futures[pool.submit(_try, plan, path, whole, place)] = path
            for done, future in enumerate(as_completed(futures), 1):
                trial, settled = future.result()
                announce(f"seed {seed}, {trial.file}", done, len(futures))
                trials.append(trial)
                if settled:
                    left = [path for path in left if path != futures[future]]
    return trials


def plan_for(entry: Entry, seed: int) -> Plan:
    """The cases of one run and their right answers. Raises CourseError."""
    try:
        return make_plan(entry, seed, Reference())
    except Exception as error:  # the author's code: it may raise anything
        raise CourseError(f"With seed {seed}: {error}") from error


def _try(plan: Plan, path: Path, whole: bool, sandbox: Sandbox) -> tuple[Trial, bool]:
    """The trial of one file in one run, and whether another run would show the same: if the file
    fails before its first case, or takes until the time limit.
    """
    whole = whole or path.parent.name == Verdict.ACCEPTED
    with Session.ready(sandbox, plan.entry.problem) as session:
        failure = session.load(Code(path.read_bytes()))
        judged = _judged(plan, session, failure)
        trial = make_trial(plan.entry.problem, path, plan.seed, judged, whole)
    return trial, failure is not None or trial.verdict is Verdict.TIME_LIMIT_EXCEEDED


def _judged(
    plan: Plan, session: Session, failure: Failure | None
) -> Iterator[tuple[Case, Judgement]]:
    """Case by case. What ends the worker fails all cases from there on."""
    for case, expected in zip(plan.cases, plan.expected, strict=True):
        outcome = failure or session.ask(case, expected.size)
        if session.over and not isinstance(outcome, Answer):
            failure = outcome
        yield case, judge(plan.entry.problem, case, expected, outcome)
