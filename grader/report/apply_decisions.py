"""Applies decisions by hand to a run: what groups are worth, points for groups, marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .decisions import Decision
from .place_decisions import Placed, place_decisions
from .report import Report, with_worth
from .run import Decided, GradedProblem, Run


@dataclass
class Mark:
    """A student's mark for a problem, while decisions change it. score: None if it is not known.
    reasons: a sentence for each decision. unused: decisions that change nothing.
    """

    report: Report | None
    score: int | None
    reasons: list[str] = field(default_factory=list)
    unused: list[Placed] = field(default_factory=list)


def apply_decisions(
    run: Run, decisions: Sequence[Decision], aliases: Mapping[str, Sequence[str]]
) -> Run:
    """The run with what was decided: `problems`, `reports`, `decided` and `decisions_unused`.

    First comes what groups are worth, then a student's points for groups, then a mark, then what is
    added to it. run: as it was graded, without decisions. aliases: names that submissions of a
    student came under, by id. Raises DecisionsError if a problem or a group is not there, or if two
    decisions exclude each other.
    """
    placed, unused = place_decisions(run, decisions, aliases)
    about: defaultdict[tuple[str | None, str], list[Placed]] = defaultdict(list)
    for item in placed:
        about[item.student, item.problem.id].append(item)
    reports = {(report.student, report.problem_id): report for report in run.reports}
    problems, decided = [], []
    for problem in run.problems:
        everyone = about[None, problem.id]
        worth, worth_reasons = _worth(problem, everyone)
        problems.append(_revalued(problem, worth))
        for student in run.students:
            key = student.id, problem.id
            graded = run.score(student, problem)
            mark = Mark(reports.get(key), graded)
            own = about[key]
            if mark.report is not None:
                mark.report = with_worth(mark.report, worth)
                mark.score = mark.report.score
                if mark.score is not None:
                    mark.reasons += worth_reasons
                    own = [*own, *(item for item in everyone if not item.group)]
            _decide(mark, sorted(own, key=lambda item: item.order))
            if mark.report is not None:
                reports[key] = mark.report
            if mark.reasons and mark.score is not None:
                decided.append(
                    Decided(student.id, problem.id, graded, mark.score, tuple(mark.reasons))
                )
            words = run.words(student, problem)
            unused |= {item.decision.line: _changes_nothing(item, words) for item in mark.unused}
    return replace(
        run,
        problems=tuple(problems),
        reports=tuple(reports[report.student, report.problem_id] for report in run.reports),
        decided=tuple(decided),
        decisions_unused=tuple(sentence for _, sentence in sorted(unused.items())),
    )


def _worth(problem: GradedProblem, everyone: Iterable[Placed]) -> tuple[dict[str, int], list[str]]:
    """The points that each group is worth, and what was decided about them."""
    worth = {group.name: group.max_points for group in problem.groups}
    reasons = []
    for item in sorted(everyone, key=lambda item: item.order):
        if item.group:
            worth[item.group.name], reason = item.step(worth[item.group.name])
            reasons.append(reason)
    return worth, reasons


def _revalued(problem: GradedProblem, worth: Mapping[str, int]) -> GradedProblem:
    if not worth:
        return problem
    groups = (replace(group, max_points=worth[group.name]) for group in problem.groups)
    return replace(problem, groups=tuple(groups), max_score=sum(worth.values()))


def _decide(mark: Mark, items: Sequence[Placed]) -> None:
    """Applies the decisions about groups, and then the others, each in the order given."""
    points = {group.name: group.points for group in mark.report.groups} if mark.report else {}
    for item in items:
        if item.group and item.group.name in points:
            points[item.group.name], reason = item.step(points[item.group.name])
            mark.reasons.append(reason)
        elif item.group:
            mark.unused.append(item)
    if mark.report is not None and points:
        groups = (replace(group, points=points[group.name]) for group in mark.report.groups)
        mark.report = replace(mark.report, groups=tuple(groups))
        mark.score = mark.report.score
    for item in items:
        if not item.group and mark.score is None and item.decision.relative:
            mark.unused.append(item)
        elif not item.group:
            mark.score, reason = item.step(mark.score)
            mark.reasons.append(reason)


def _changes_nothing(item: Placed, words: str) -> str:
    what = "there are no points for that group" if item.group else "the mark is not known"
    return (
        f"{item.decision.place}: it changes nothing, since {what} ({words}). Decide the whole "
        "mark: leave the group empty, and write the points without a sign."
    )
