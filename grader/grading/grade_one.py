"""Grades one submission: one worker, all its cases, one report."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
import time
from collections.abc import Sequence
from contextlib import nullcontext

from ..common.text import quote
from ..common.verdict import Verdict
from ..diagnosis.diagnose import Diagnosis, diagnose
from ..diagnosis.finding import Finding
from ..diagnosis.further_look import FurtherLook, look_further
from ..diagnosis.known_mistakes import ask_in_turn, replay
from ..judging import sentences
from ..judging.judge import judge
from ..judging.judgement import Judgement, Kind
from ..judging.outcome import Outcome, perhaps_disturbed
from ..oracle.practice import SEED
from ..report.report import CaseReport, Report, case_report, group_reports, judge_error
from ..sandbox import Sandbox
from ..sandbox.session import Session
from ..submissions import Submission, Unreadable
from .plan import Plan

log = logging.getLogger(__name__)


def grade_submission(
    plan: Plan, submission: Submission, sandbox: Sandbox, warm: Session | None = None
) -> Report:
    """The report on one submission. Raises SandboxError if no worker starts, twice.

    warm: a session of this sandbox and problem that waits for its submission. The caller closes it.
    """
    started = time.monotonic()
    problem = plan.entry.problem
    results: list[CaseReport] = []
    judgements: list[Judgement | None] = []
    outcomes: list[Outcome | None] = []
    try:
        data = submission.read()
    except OSError as error:
        why = (
            f"{quote(submission.path.name)} could not be read ({error.strerror}), so it has not "
            "been marked: make it readable, and grade it again."
        )
        return judge_error(plan.entry, submission, sandbox.name, error, why)
    except Unreadable as error:
        refused = Judgement(Kind.UNREADABLE, str(error))
        return _report(plan, submission, None, sandbox, refused, results, "", started)
    # A worker that ended while it waited was ended by others, not by the submission.
    waits = warm is not None and not warm.ended
    with nullcontext(warm) if warm and waits else Session.ready(sandbox, problem) as session:
        failure = session.load(data, submission.notebook)
        for case, expected in zip(plan.cases, plan.expected, strict=True):
            if failure is not None:
                break
            before = time.monotonic()
            outcome = judged = None
            if not session.over:
                outcome = session.ask(case, expected.size)
                judged = judge(problem, case, expected, outcome)
            outcomes.append(outcome)
            judgements.append(judged)
            results.append(case_report(case, judged, time.monotonic() - before))
        look = FurtherLook()
        if failure is None and decisive(judgements, ()).verdict is Verdict.WRONG_ANSWER:
            # The further look is ours: it must not cost the points that were won before it.
            session.lift_output_limit()
            look = look_further(
                problem,
                plan.examples,
                lambda case, size: None if session.over else session.ask(case, size),
            )
        # When a flood is noticed is a matter of luck, so it alone decides, and the report shows no
        # case.
        flood = session.finish()
        if flood is not None:
            failure, results = flood, []
        if failure is not None:
            final = sentences.judge_failure(problem, None, failure)
        else:
            final = decisive(judgements, session.remarks)
        output = session.output
    report = _report(plan, submission, data, sandbox, final, results, output, started)
    diagnosis = Diagnosis()
    if final.verdict is Verdict.WRONG_ANSWER:
        known = _known_mistake(plan, submission, data, sandbox, outcomes)
        diagnosis = diagnose(problem, plan.cases, plan.expected, outcomes, judgements, look, known)
    return dataclasses.replace(
        report,
        diagnosis=diagnosis,
        disturbed=any(map(perhaps_disturbed, [*outcomes, failure])),
    )


def _known_mistake(
    plan: Plan,
    submission: Submission,
    data: bytes,
    sandbox: Sandbox,
    outcomes: Sequence[Outcome | None],
) -> Finding | None:
    """Which known mistake a wrong submission makes. If the cases were not the practice cases, it is
    asked some of these in a fresh worker.
    """
    known = plan.known()
    if not known.findings:
        return None
    if plan.seed == SEED:
        return known.name(replay(known.cases, known.right, outcomes))
    with Session.ready(sandbox, plan.entry.problem) as session:
        session.lift_output_limit()
        if session.load(data, submission.notebook) is not None:
            return None
        answers = ask_in_turn(
            known.cases,
            known.right,
            lambda case, size: None if session.over else session.ask(case, size),
        )
    return known.name(answers)


def decisive(judgements: Sequence[Judgement | None], remarks: Sequence[str]) -> Judgement:
    """The judgement that speaks for all: a broken rule, else the first case that failed.

    Cells that failed on the way are a scratch pad's right, but may be why a case failed.
    """
    judged = [judgement for judgement in judgements if judgement is not None]
    failed = [j for j in judged if j.verdict is not Verdict.ACCEPTED]
    broken = [j for j in failed if j.verdict is Verdict.RULE_VIOLATION]
    if failed:
        note = "; ".join(quote(remark, 200) for remark in remarks)
        return dataclasses.replace((broken or failed)[0], note=note)
    notes = [j.note for j in judged if j.note]
    return Judgement(Kind.ACCEPTED, "All cases are right.", note=notes[0] if notes else "")


def _report(
    plan: Plan,
    submission: Submission,
    data: bytes | None,
    sandbox: Sandbox,
    decisive: Judgement,
    results: Sequence[CaseReport],
    output: str,
    started: float,
) -> Report:
    problem = plan.entry.problem
    cases = tuple(results) or tuple(case_report(case, None) for case in plan.cases)
    void = decisive.verdict in (Verdict.RULE_VIOLATION, Verdict.OUTPUT_LIMIT_EXCEEDED)
    return Report(
        student=submission.student,
        submission=submission.where,
        sha256=None if data is None else hashlib.sha256(data).hexdigest(),
        problem_id=plan.entry.id,
        problem_version=plan.entry.version,
        verdict=decisive.verdict,
        kind=decisive.kind,
        max_score=problem.max_score,
        message=decisive.message,
        notes=(*submission.notes, *([decisive.note] if decisive.note else [])),
        groups=group_reports(problem, cases, void),
        cases=cases,
        output=output,
        seconds=round(time.monotonic() - started, 3),
        sandbox=sandbox.name,
        raised=decisive.raised,
    )
