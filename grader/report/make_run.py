"""Makes the run, of which all outputs are written, from what a class handed in and the reports."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from ..submissions import Submission
from ..submissions.lateness import late_words
from ..submissions.look_alike import look_alike
from ..submissions.roster import Unclear
from .apply_decisions import apply_decisions
from .class_state import ClassState, Received
from .counting import what_counts
from .decisions import Decision
from .report import Report, with_worth
from .run import Replaced, Run

NOT_GRADED: Literal["not graded yet"] = "not graded yet"
AGAIN = "give the command that found it again, without --only or --problem"


def make_run(
    state: ClassState, reports: Mapping[str, Report], decisions: Sequence[Decision] = ()
) -> Run:
    """The run. reports: by their names; a submission without one is "not graded yet".

    Points are added up anew, from what groups are worth now. Raises DecisionsError.
    """
    counting = what_counts(state)
    worth = {
        problem.id: {group.name: group.max_points for group in problem.groups}
        for problem in state.problems
    }
    due = datetime.fromisoformat(state.due) if state.due else None
    made: list[Report] = []
    missing: list[Unclear] = []
    for received, submission in counting.work:
        if report := _report_of(received, reports):
            named = _as_named(report, received, submission)
            handed_in, late = late_words(received.handed_in, due)
            named = replace(named, handed_in=handed_in, late=late)
            made.append(with_worth(named, worth[received.problem_id]))
        else:
            why = f"{AGAIN}: {submission.where}"
            missing.append(Unclear(submission.student, submission.problem_id, NOT_GRADED, why))
    order = {student.id: place for place, student in enumerate(counting.students)}
    ids = [problem.id for problem in state.problems]
    made.sort(key=lambda report: (order[report.student], ids.index(report.problem_id)))
    unclear = (*counting.matching.unclear, *missing)
    choices = dict.fromkeys(remark.choice for remark in state.remarks if remark.choice)
    run = Run(
        state.seed,
        state.problems,
        tuple(counting.students),
        tuple(made),
        counting.passed_over,
        choices=(*choices, *counting.choices),
        matching=replace(counting.matching, unclear=unclear),
        replaced=tuple(_replaced(counting.replaced, reports)),
        look_alike=look_alike(counting.students),
    )
    return apply_decisions(run, decisions, counting.aliases())


def _report_of(item: Received, reports: Mapping[str, Report]) -> Report | None:
    """The newest report. A submission that changed has another."""
    found = (reports[name] for name in item.reports if name in reports)
    return next(filter(item.fits, found), None)


def _as_named(report: Report, received: Received, submission: Submission) -> Report:
    """The report under the student's name in the class, with the file's present place."""
    places = {Path(place).name: place for place in reversed(received.files)}
    place = places.get(Path(report.submission).name, report.submission)
    notes = (*report.notes, *submission.notes[len(received.notes) :])
    return replace(report, student=submission.student, submission=place, notes=notes)


def _replaced(
    items: Iterable[tuple[str, Received]], reports: Mapping[str, Report]
) -> Iterator[Replaced]:
    for student, item in items:
        report = _report_of(item, reports)
        verdict = report.verdict.words if report else "not graded"
        score = report.score if report else None
        yield Replaced(student, item.problem_id, item.files[0], verdict, score)
