"""Grades one submission: one worker, all its cases, one report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import explain
from .catalogue import Entry
from .judge import Judgement, judge
from .problem import Case
from .report import CaseReport, Report, score
from .sandbox import Sandbox, SandboxError
from .session import Session
from .submissions import Submission
from .verdict import Verdict


@dataclass(frozen=True)
class Plan:
    """What every submission of one problem is held against in a run: made once, before any."""

    entry: Entry
    cases: Sequence[Case]
    expected: Sequence[NDArray[np.float64]]


def grade_submission(plan: Plan, submission: Submission, sandbox: Sandbox) -> Report:
    """The report on one submission. Raises SandboxError where no worker would start, twice."""
    started = time.monotonic()
    if submission.data is None:
        refused = Judgement(Verdict.RUN_TIME_ERROR, submission.refusal)
        return _report(plan, submission, sandbox, refused, [], "", started)
    try:
        session = _start(plan, sandbox)
    except SandboxError:
        session = _start(plan, sandbox)  # a machine under load may lose one
    with session:
        results: list[CaseReport] = []
        failure = session.load(submission)
        if failure is not None:
            verdict = Judgement(*explain.explain_failure(plan.entry.problem, None, failure))
            return _report(plan, submission, sandbox, verdict, [], session.prints, started)
        for case, expected in zip(plan.cases, plan.expected, strict=True):
            before = time.monotonic()
            outcome = None if session.over else session.ask(case, expected.size)
            took = time.monotonic() - before
            judged = (outcome and judge(plan.entry.problem, case, expected, outcome)) or None
            results.append(CaseReport(case, judged, took))
        decisive = _decisive(results)
        return _report(plan, submission, sandbox, decisive, results, session.prints, started)


def _start(plan: Plan, sandbox: Sandbox) -> Session:
    session = Session(sandbox, plan.entry.problem)
    try:
        session.wait_until_ready()
    except BaseException:
        session.__exit__()
        raise
    return session


def _decisive(results: Sequence[CaseReport]) -> Judgement:
    """The judgement that speaks for all: a broken rule, else the first case that failed."""
    judged = [result.judgement for result in results if result.judgement is not None]
    failed = [j for j in judged if j.verdict is not Verdict.ACCEPTED]
    broken = [j for j in failed if j.verdict is Verdict.RULE_VIOLATION]
    if failed:
        return (broken or failed)[0]
    notes = [j.note for j in judged if j.note]
    return Judgement(Verdict.ACCEPTED, "All cases are right.", note=notes[0] if notes else "")


def _report(
    plan: Plan,
    submission: Submission,
    sandbox: Sandbox,
    decisive: Judgement,
    results: Sequence[CaseReport],
    prints: str,
    started: float,
) -> Report:
    problem = plan.entry.problem
    cases = tuple(results) or tuple(CaseReport(case, None, 0.0) for case in plan.cases)
    broken = decisive.verdict is Verdict.RULE_VIOLATION
    return Report(
        student=submission.student,
        submission=str(submission.path),
        sha256=submission.sha256,
        problem_id=plan.entry.id,
        problem_version=plan.entry.version,
        verdict=decisive.verdict,
        score=0 if broken else score(problem, cases),
        max_score=problem.max_score,
        message=decisive.message,
        notes=(*submission.notes, *([decisive.note] if decisive.note else [])),
        cases=cases,
        prints=prints,
        seconds=time.monotonic() - started,
        sandbox=sandbox.name,
    )
