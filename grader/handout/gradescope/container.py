"""Grades one student's submission where Gradescope has put it."""

import dataclasses
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from ...common.text import quote
from ...common.time_limit import TimeIsUp, at_most
from ...common.xla import set_xla_flags
from ...course.catalogue import Course, Entry, load_course
from ...course.draw import fresh_seed
from ...grading.grade_many import grade_all
from ...grading.grade_one import EXPLAINING_SECONDS
from ...grading.plan import Plan, make_plans
from ...oracle.answer_cache import CachedAnswers
from ...oracle.compile_ahead import share_programs
from ...oracle.reference import Reference
from ...report.report import Report, judge_error
from ...report.run import GradedProblem, Run
from ...sandbox import choose_sandbox, prove
from ...submissions import NotUnderstood, Submission, find_submissions
from ...submissions.roster import Student
from .results import Json, gradescope_results

# Gradescope ends an autograder after ten minutes, and then shows nothing of what it found.
MOST_SECONDS = 540
STUDENT = Student("student")  # nothing depends on the name, and Gradescope knows theirs


def grade(root: Path) -> Json:
    """The results for ROOT/submission, by the course in ROOT/source. Raises whatever stops it.

    Each time cases are drawn anew, so that nothing is learned from one try for the next.
    """
    started = time.monotonic()
    set_xla_flags()
    course = load_course(root / "source")
    if course.broken:
        raise next(iter(course.broken.values()))
    folder = root / "submission"
    found = find_submissions([folder], course.entries.values())
    submissions, others = _of_one_student(found.submissions, folder)
    seed = fresh_seed()
    reports: list[Report] = []
    if submissions:
        try:
            with at_most(MOST_SECONDS):
                for report in _grade(course, submissions, seed, started + MOST_SECONDS):
                    reports.append(report)
        except TimeIsUp:
            error = TimeoutError(f"the time for all problems ({MOST_SECONDS} s) was over")
            for submission in submissions[len(reports) :]:
                entry = course.get(submission.problem_id)
                reports.append(judge_error(entry, submission, "", error))
    run = Run(
        seed=seed,
        problems=tuple(
            GradedProblem(entry.id, entry.problem.title, entry.problem.max_score)
            for entry in course.entries.values()
        ),
        students=(STUDENT,),
        reports=tuple(reports),
        not_understood=(*found.not_understood, *others),
    )
    return gradescope_results(run, STUDENT, time.monotonic() - started)


def _grade(
    course: Course, submissions: list[Submission], seed: int, ends: float
) -> Iterator[Report]:
    """The reports, one after the other: a container's share of the processors is less than it can
    see. Each problem has an equal part of the time until `ends` (of `time.monotonic`) that those
    before it left.
    """
    entries = [course.get(submission.problem_id) for submission in submissions]
    plans = make_plans(entries, seed, CachedAnswers(Reference()), jobs=1, announce=print)
    own = [s.path for s in submissions if not os.path.islink(s.path)]
    secret = [*course.root.glob("solutions/*/reference.py"), *own]
    sandbox = choose_sandbox("auto", secret)
    share_programs(entries)
    for left, submission in zip(range(len(submissions), 0, -1), submissions, strict=True):
        plan = plans[submission.problem_id]
        if isinstance(plan, Plan):
            plan = plan.within(_seconds(plan.entry, (ends - time.monotonic()) / left))
        yield from grade_all(
            [submission],
            {submission.problem_id: plan},
            sandbox,
            lambda submission, report: print(submission.problem_id, report.verdict, flush=True),
            lambda: prove(sandbox, secret),
            jobs=1,
        )


def _seconds(entry: Entry, share: float) -> float:
    """The time limit of a submission whose grading and explaining may take so many seconds."""
    return min(entry.problem.limits.total_seconds, max(share - EXPLAINING_SECONDS, share / 2))


def _of_one_student(
    found: Iterable[Submission], folder: Path
) -> tuple[list[Submission], list[NotUnderstood]]:
    """All are one student's, whatever the folders say; the file nearest to the top counts."""
    chosen: dict[str, Submission] = {}
    others = []
    for submission in sorted(found, key=lambda s: (len(s.path.parts), s.path)):
        mine = dataclasses.replace(submission, student=STUDENT.id)
        first = chosen.setdefault(submission.problem_id, mine)
        if first is not mine:
            nearer = quote(str(first.path.relative_to(folder)))
            why = f"{nearer} is for this problem too, and was graded"
            others.append(NotUnderstood(submission.path, why))
    return list(chosen.values()), others
