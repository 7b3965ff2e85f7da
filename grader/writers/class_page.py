"""`index.html`: the page about a whole class, which an instructor reads first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from ..common.verdict import Verdict
from ..diagnosis.finding import Finding
from ..report.report import Report
from ..report.run import NOTHING, GradedProblem, Run
from ..submissions.roster import UNCLEAR
from .charts import histogram
from .common_mistakes import GroupShare, common_mistakes, group_shares, shortest_code
from .html import asset, render
from .matching import unclear_by_words
from .pages import name_of, page_names, points, total_text

SLOWEST = 10  # shown
MOST_PATHS = 200  # that were not understood


@dataclass(frozen=True)
class Mistake:
    """A common mistake. example: the report and the text of the function that show it best."""

    finding: Finding
    reports: list[Report]
    example: tuple[Report, str] | None


@dataclass(frozen=True)
class Wrong:
    """What the class got wrong in a problem. tables: of mistakes, by their captions, the most
    frequent first. submissions: how many there are for the problem.
    """

    problem: GradedProblem
    tables: dict[str, list[Mistake]]
    groups: list[GroupShare]
    submissions: int


def class_page(run: Run) -> Markup:
    """The page. Its links lead to `students/`.

    Its numbers are of the students of the roster: a student whose work has two names counts once.
    """
    enrolled = {student.id for student in run.enrolled}
    reports = [report for report in run.reports if report.student in enrolled]
    absent = [
        student
        for student in run.enrolled
        if all(run.words(student, problem) == NOTHING for problem in run.problems)
    ]
    return render(
        "class.html.jinja",
        title="Class report",
        script=asset("class_report.js"),
        run=run,
        pages=page_names(run),
        names={student.id: name_of(student) for student in run.students},
        points=points,
        total_text=total_text,
        number_of_reports=len(reports),
        judge_errors=_judge_errors(run),
        verdicts=list(_verdicts(run)),
        histograms=list(_histograms(run)),
        mistakes=[_mistakes(problem, reports) for problem in run.problems],
        slowest=sorted(run.reports, key=lambda report: -report.seconds)[:SLOWEST],
        absent=absent,
        unclear=unclear_by_words(run.matching),
        most_paths=MOST_PATHS,
        facts=list(_facts(run)),
    )


def _judge_errors(run: Run) -> dict[str, list[Report]]:
    """By the cause, which an author or maintainer needs."""
    by_reason: dict[str, list[Report]] = {}
    for report in run.reports:
        if report.verdict is Verdict.JUDGE_ERROR:
            by_reason.setdefault(report.cause or report.message, []).append(report)
    return by_reason


def _verdicts(run: Run) -> Iterator[tuple[tuple[Verdict | None, str], list[int]]]:
    """How many students have each verdict, or words in its place, by problem."""
    counts = [
        Counter(run.words(student, problem) for student in run.enrolled) for problem in run.problems
    ]
    verdicts = [(verdict, verdict.words) for verdict in Verdict]
    for verdict, words in (*verdicts, *((None, words) for words in (*UNCLEAR, NOTHING))):
        if any(count[words] for count in counts):
            yield (verdict, words), [count[words] for count in counts]


def _histograms(run: Run) -> Iterator[Markup]:
    for problem in run.problems:
        scores = [run.score(s, problem) for s in run.enrolled if run.report(s, problem)]
        marked = [score for score in scores if score is not None]
        yield histogram(problem.id, marked, problem.max_score)
    if len(run.problems) > 1:
        handed_in = {report.student for report in run.reports}
        totals = [run.total(student) for student in run.enrolled if student.id in handed_in]
        yield histogram(
            "In total", [t for t, incomplete in totals if not incomplete], run.max_score
        )


def _mistakes(problem: GradedProblem, reports: list[Report]) -> Wrong:
    mine = [report for report in reports if report.problem_id == problem.id]
    wrong = [report for report in mine if report.verdict is Verdict.WRONG_ANSWER]
    marked = (Verdict.ACCEPTED, Verdict.WRONG_ANSWER, Verdict.JUDGE_ERROR)
    stopped = [report for report in mine if report.verdict not in marked]
    tables = {
        caption: [
            Mistake(finding, found, shortest_code(found, problem.entry_point))
            for finding, found in common_mistakes(which)
        ]
        for caption, which in (("Wrong answers", wrong), ("Errors, limits and rules", stopped))
    }
    return Wrong(problem, tables, group_shares(problem, mine), len(mine))


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    """What is needed to repeat the run."""
    yield "Seed of the run", str(run.seed)
    for found in sorted({tuple(sorted(report.versions.items())) for report in run.reports}):
        yield "Versions", ", ".join(f"{what} {version}" for what, version in found)
    problems = sorted({(report.problem_id, report.problem_version) for report in run.reports})
    yield "Problems", ", ".join(f"{name} {version}" for name, version in problems)
    yield "Sandbox", ", ".join(sorted({report.sandbox for report in run.reports}))
