"""A small class graded side by side, and the processes that it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import psutil
from support.blows import twice
from support.course import ROOT, limited, short_plan

from grader.grading.grade_many import grade_all
from grader.grading.plan import Plan
from grader.report.report import Report
from grader.sandbox import Sandbox, prove
from grader.submissions import Submission

AT_A_TIME = 8
CLS, VIT = "patch_embed_cls", "vit_patch_embed"
Write = Callable[..., Submission]


@cache
def plans() -> Mapping[str, Plan]:
    """A short plan of each problem. The limits are short, because many attacks hang; an innocent
    submission that a neighbour slows beyond them gets a second chance, alone.
    """
    both = (twice(), short_plan(VIT, "square"))
    return {plan.entry.id: limited(plan, import_seconds=5, case_seconds=5) for plan in both}


def grade_class(
    submissions: Sequence[Submission], sandbox: Sandbox, jobs: int = AT_A_TIME
) -> dict[str, Report]:
    def still_holds() -> None:
        prove(sandbox, [ROOT / "solutions"])

    told: list[Report] = []
    reports = grade_all(
        submissions,
        plans(),
        sandbox,
        lambda _, report: told.append(report),
        still_holds,
        jobs,
    )
    assert [report.student for report in reports] == [s.student for s in submissions]
    assert sorted(map(id, told)) == sorted(map(id, reports))
    return {report.student: report for report in reports}


def below() -> list[psutil.Process]:
    """The processes below this one, but for those that stay as long as it: Python's own helper,
    and fork servers. What a fork server has forked is not left out.
    """
    mine = psutil.Process().children(recursive=True)
    return [process for process in mine if not stays(process)]


def stays(process: psutil.Process) -> bool:
    if "resource_tracker" in " ".join(process.cmdline()):
        return True
    forked = of_a_fork_server(process.parent()) and process.parent().name().startswith("python")
    return of_a_fork_server(process) and not forked


def of_a_fork_server(process: psutil.Process) -> bool:
    return "grader.worker.fork_server" in " ".join(process.cmdline())
