"""Grades one student's submission where Gradescope has put it."""

import dataclasses
import os
import time
from collections.abc import Iterator
from pathlib import Path

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
from ...report.run import Run, graded_problem
from ...sandbox import choose_sandbox, prove
from ...submissions import Found, Submission
from ...submissions.choose_file import choose_files
from ...submissions.roster import Student
from ...submissions.student_files import Folders, collect_files, list_folder, no_code
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
    found = find_in(root / "submission", course)
    submissions = found.submissions
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
        problems=tuple(map(graded_problem, course.entries.values())),
        students=(STUDENT,),
        reports=tuple(reports),
        not_understood=tuple(found.not_understood),
    )
    return gradescope_results(run, STUDENT, time.monotonic() - started)


def find_in(folder: Path, course: Course) -> Found:
    """The submissions of the one student whose files the folder holds, whatever their names say."""
    files = collect_files(folder, Folders(), (STUDENT.id,))
    chosen, rest = choose_files(files, course.entries.values())
    rest += [other for path in list_folder(folder).files if (other := no_code(path))]
    return Found([_shown_below(folder, submission) for submission in chosen], rest)


def _shown_below(folder: Path, submission: Submission) -> Submission:
    """The submission, shown with the path that its student knows."""
    return dataclasses.replace(
        submission,
        where=str(submission.path.relative_to(folder)),
        others=tuple(_shown_below(folder, other) for other in submission.others),
    )


def _grade(
    course: Course, submissions: list[Submission], seed: int, ends: float
) -> Iterator[Report]:
    """The reports, one after the other: a container's share of the processors is less than it can
    see. Each problem has an equal part of the time until `ends` (of `time.monotonic`) that those
    before it left.
    """
    entries = [course.get(submission.problem_id) for submission in submissions]
    plans = make_plans(entries, seed, CachedAnswers(Reference()), jobs=1, announce=print)
    own = [path for s in submissions for path in s.paths if not os.path.islink(path)]
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
