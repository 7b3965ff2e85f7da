"""Grades one submission: one worker, all its cases, one report."""

import dataclasses
import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from ..common.text import quote
from ..common.verdict import Verdict
from ..course.problem import MIB
from ..diagnosis.diagnose import Diagnosis, diagnose
from ..diagnosis.finding import Finding
from ..diagnosis.further_look import FurtherLook, look_further
from ..diagnosis.known_mistakes import ask_in_turn, replay
from ..judging import sentences
from ..judging.judge import judge
from ..judging.judgement import Judgement, Kind
from ..judging.outcome import Outcome, failed_at, perhaps_disturbed
from ..report.report import CaseReport, Report, case_report, group_reports, judge_error
from ..sandbox import Sandbox
from ..sandbox.session import Session
from ..submissions import Code, Submission, Unreadable, digest
from ..submissions.file_text import read_text
from .plan import Plan

# Explaining a wrong submission has clocks and an output limit of its own.
LOOK_SECONDS = 20  # for the further look
NAMING_SECONDS = 60  # in which it may show which known mistake it makes
EXPLAINING_SECONDS = LOOK_SECONDS + NAMING_SECONDS
EXTRA_OUTPUT = 16 * MIB  # in each of the two: it costs us little, and no points
# A group gives all its points or none. After a failed case and one that took this long, the rest of
# the group's cases would only cost time.
SLOW_SECONDS = 5


# A file of a submission and what was read of it, or why nothing was.
ReadFile = tuple[Submission, Code | Unreadable | OSError]


def read_files(submission: Submission) -> list[ReadFile]:
    """The file, and the others that may count in its place."""
    read: list[ReadFile] = []
    for file in (submission, *submission.others):
        try:
            read.append((file, file.read()))
        except (Unreadable, OSError) as error:
            read.append((file, error))
    return read


# Gets the report on a wrong answer before it is explained: its verdict and its cases are final.
Show = Callable[[Report], None]


def grade_submission(
    plan: Plan,
    submission: Submission,
    sandbox: Sandbox,
    warm: Session | None = None,
    show: Show = lambda _: None,
) -> Report:
    """The report on one submission. Raises SandboxError if no worker starts, twice.

    warm: a session of this sandbox and problem that waits for its submission. The caller closes it.
    show: not called if several files may count: which one does is known last.
    """
    return grade_files(plan, read_files(submission), sandbox, warm, show)


def grade_files(
    plan: Plan,
    files: Sequence[ReadFile],
    sandbox: Sandbox,
    warm: Session | None = None,
    show: Show = lambda _: None,
) -> Report:
    """The report on the file that does best, of those that may be the newest; of the older ones, if
    nothing is started in those. Raises SandboxError if no worker starts, twice.

    All files together have the time for one submission: each gets what those before it left.
    """
    reports: list[Report] = []
    too_late: list[str] = []
    seconds = plan.entry.problem.limits.total_seconds
    ends = time.monotonic() + seconds
    for file, code in files:
        if reports and not file.newest and any(map(_started, reports)):
            continue
        left = math.ceil(ends - time.monotonic()) if reports else seconds
        if left <= 0:
            too_late.append(quote(file.path.name))
            continue
        part = plan.within(left)
        waiting = warm if not reports else None
        at_once = show if len(files) == 1 else lambda _: None
        reports.append(_grade_file(part, file, code, sandbox, waiting, at_once))
        if reports[-1].verdict is Verdict.ACCEPTED:
            break
    best = max(reports, key=_how_good)
    notes = files[0][0].notes
    if too_late:
        notes += (
            f"Not graded: {', '.join(too_late)}. The files before took all of the time that one "
            f"submission has ({seconds:g} s).",
        )
    if len(reports) > 1:
        tried = ", ".join(quote(Path(report.submission).name) for report in reports)
        notes += (f"Graded: {tried}. {quote(Path(best.submission).name)} does best and counts.",)
    return dataclasses.replace(
        best,
        notes=(*notes, *best.notes),
        sha256=digest(code for _, code in files if isinstance(code, Code)),
        disturbed=any(report.disturbed for report in reports),
    )


def _started(report: Report) -> bool:
    return report.kind not in (Kind.NOT_STARTED, Kind.MISSING_FUNCTION)


def _how_good(report: Report) -> tuple[bool, bool, bool, int]:
    """A judge error hides how good it is, so only an accepted file is better for certain."""
    accepted, failed = (report.verdict is v for v in (Verdict.ACCEPTED, Verdict.JUDGE_ERROR))
    return accepted, failed, _started(report), report.score or 0


def _grade_file(
    plan: Plan,
    submission: Submission,
    code: Code | Unreadable | OSError,
    sandbox: Sandbox,
    warm: Session | None,
    show: Show,
) -> Report:
    """The report on one file, with no note of how it was found."""
    started = time.monotonic()
    problem = plan.entry.problem
    submission = dataclasses.replace(submission, notes=())
    if isinstance(code, OSError):
        why = (
            f"{quote(submission.path.name)} could not be read ({code.strerror}), so it has not "
            "been marked: make it readable, and grade it again."
        )
        return judge_error(plan.entry, submission, sandbox.name, code, why)
    if isinstance(code, Unreadable):
        refused = Judgement(Kind.UNREADABLE, str(code))
        return _report(plan, submission, sandbox, refused, [], started)
    results: list[CaseReport] = []
    judgements: list[Judgement | None] = []
    outcomes: list[Outcome | None] = []
    look, known, told = FurtherLook(), None, False
    # A worker that ended while it waited was ended by others, not by the submission.
    waits = warm is not None and not warm.ended
    with nullcontext(warm) if warm and waits else Session.ready(sandbox, problem) as session:
        failure = session.load(code)
        if failure is None:
            failed, slow = set[str](), set[str]()  # groups
            for case, expected in zip(plan.cases, plan.expected, strict=True):
                before = time.monotonic()
                lost = case.group in failed & slow
                outcome = None if lost else session.ask_unless_over(case, expected.size)
                judged = judge(problem, case, expected, outcome) if outcome else None
                outcomes.append(outcome)
                judgements.append(judged)
                results.append(case_report(case, judged, time.monotonic() - before))
                if judged and judged.verdict is not Verdict.ACCEPTED:
                    failed.add(case.group)
                if time.monotonic() - before > SLOW_SECONDS:
                    slow.add(case.group)
            # What a mistake answers in another size is recorded, and the cases don't tell.
            told = plan.is_practice and Kind.WRONG_SIZE not in [j.kind for j in judgements if j]
            final = final_judgement(judgements)
            if final.verdict is Verdict.WRONG_ANSWER and told:
                session.start_extra(LOOK_SECONDS, EXTRA_OUTPUT)
                if not session.flooded:  # from now on no flood decides
                    remarks = session.remarks
                    show(_report(plan, submission, sandbox, final, results, started, remarks))
                look = look_further(problem, plan.examples, session.ask_unless_over)
        # When a flood is noticed is a matter of luck, so it alone decides, and no case is shown.
        if flood := session.finish():
            failure, results = flood, []
        if failure is not None:
            final = sentences.judge_failure(problem, None, failure)
        else:
            final = final_judgement(judgements)
        output, remarks = session.output, session.remarks
    report = _report(plan, submission, sandbox, final, results, started, remarks)
    diagnosis = Diagnosis()
    if final.verdict is Verdict.WRONG_ANSWER:
        if told:
            mistakes = plan.known()
            known = mistakes.name(replay(mistakes.cases, mistakes.right, outcomes))
        else:
            show(report)
            known, look = _explain(plan, code, sandbox)
        diagnosis = diagnose(problem, plan.cases, plan.expected, outcomes, judgements, look, known)
    judged_outcomes = zip(outcomes, judgements, strict=True)
    decided = failure or next((o for o, judged in judged_outcomes if judged is final), None)
    text = read_text(code.file, code.notebook)
    return dataclasses.replace(
        report,
        output=output,
        diagnosis=diagnosis,
        code=text.text,
        line=text.line_at(failed_at(decided)),
        disturbed=any(map(perhaps_disturbed, [*outcomes, failure])),
    )


def _explain(plan: Plan, code: Code, sandbox: Sandbox) -> tuple[Finding | None, FurtherLook]:
    """Which known mistake a wrong submission makes, and what a further look shows.

    A fresh worker is asked. It got no hidden case, so what it answers can hold none, and students
    may see it. No verdict needs its answers.
    """
    known = plan.known()
    problem = plan.entry.limited(total_seconds=NAMING_SECONDS, output_bytes=EXTRA_OUTPUT).problem
    with Session.ready(sandbox, problem) as session:
        if session.load(code) is not None:
            return None, FurtherLook()
        # First the mistakes: theirs were recorded from a fresh start too.
        mine = ask_in_turn(known.cases, known.right, session.ask_unless_over)
        session.start_extra(LOOK_SECONDS, EXTRA_OUTPUT)
        return known.name(mine), look_further(problem, plan.examples, session.ask_unless_over)


def final_judgement(judgements: Sequence[Judgement | None]) -> Judgement:
    """The judgement that speaks for all: a broken rule, else the first case that failed."""
    judged = [judgement for judgement in judgements if judgement is not None]
    failed = [j for j in judged if j.verdict is not Verdict.ACCEPTED]
    broken = [j for j in failed if j.verdict is Verdict.RULE_VIOLATION]
    if failed:
        return (broken or failed)[0]
    note = next((j.note for j in judged if j.note), "")
    return Judgement(Kind.ACCEPTED, "All cases are right.", note)


def _report(
    plan: Plan,
    submission: Submission,
    sandbox: Sandbox,
    final: Judgement,
    results: Sequence[CaseReport],
    started: float,
    remarks: Sequence[str] = (),
) -> Report:
    """remarks: what the worker said of the file before it got a case."""
    problem = plan.entry.problem
    cases = tuple(results) or tuple(case_report(case, None) for case in plan.cases)
    return Report(
        student=submission.student,
        submission=submission.where,
        problem_id=plan.entry.id,
        problem_version=plan.entry.version,
        verdict=final.verdict,
        kind=final.kind,
        max_score=problem.max_score,
        message=final.message,
        notes=tuple(quote(remark, 200) for remark in remarks),
        case_note=final.note,
        groups=group_reports(problem, cases, final.verdict),
        cases=cases,
        seconds=round(time.monotonic() - started, 3),
        sandbox=sandbox.name,
        raised=final.raised,
    )
