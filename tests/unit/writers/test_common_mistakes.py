"""How hard each group of cases was, and the code that shows a mistake."""

from __future__ import annotations

from dataclasses import replace

from support.synthetic import IDS, synthetic_run

from grader.common.verdict import Verdict
from grader.report.report import COSTS_ALL, Report
from grader.writers.common_mistakes import LONGEST_CODE, group_shares, shortest_code
from grader.writers.groups import group_states

RUN = synthetic_run(100)
PROBLEM = RUN.problems[1]
MINE = [report for report in RUN.reports if report.problem_id == PROBLEM.id]


def test_a_share_is_of_those_whose_group_was_judged() -> None:
    shares = {item.group.name: item for item in group_shares(PROBLEM, MINE)}
    assert shares.keys() == {group.name for group in PROBLEM.groups}
    for name, item in shares.items():
        states = [group_states(r.cases).get(name) for r in MINE]
        assert item.judged == states.count("right") + states.count("wrong")
        broken = [r.verdict in COSTS_ALL for r in MINE]
        void = [b and s == "right" for b, s in zip(broken, states, strict=True)]
        assert item.right == states.count("right") - sum(void)
        assert 0 < item.right < item.judged <= len(MINE)
        assert item.share == item.right / item.judged
    assert len({item.judged for item in shares.values()}) > 5, "some died in the middle"


def test_the_hardest_come_first_and_what_nobody_reached_last() -> None:
    shares = [item.share for item in group_shares(PROBLEM, MINE)]
    assert shares == sorted(shares, key=lambda share: share or 0)
    accepted = next(r for r in MINE if r.verdict is Verdict.ACCEPTED)
    first = PROBLEM.groups[0].name
    cases = tuple(replace(c, verdict=None) if c.group == first else c for c in accepted.cases)
    *others, last = group_shares(PROBLEM, [replace(accepted, cases=cases)])
    assert (last.group.name, last.share, last.right, last.judged) == (first, None, 0, 0)
    assert [item.group for item in others] == [*PROBLEM.groups[1:]], "in the problem's order"


def with_code(code: str) -> Report:
    return replace(MINE[0], student=code[-9:], code=code)


def test_the_shortest_function_is_shown_and_not_the_shortest_file() -> None:
    long = with_code("def f(x):\n    y = x\n    return y\n")
    short = with_code("import numpy\n\n\ndef f(x):\n    return x\n\n\n" + 9 * "a = 1\n")
    other = with_code("f = None\n")
    assert shortest_code([long, short, other], "f") == (short, "def f(x):\n    return x")
    assert shortest_code([other, with_code("")], "f") is None
    assert shortest_code([], "f") is None


def test_a_long_line_is_cut() -> None:
    found = shortest_code([with_code("def f(x):\n    return " + 9 * LONGEST_CODE * "x")], "f")
    assert found is not None
    assert len(found[1]) == LONGEST_CODE


def test_the_problems_of_a_run_have_what_the_page_needs() -> None:
    assert [problem.entry_point for problem in RUN.problems] == [
        "patch_embed_forward",
        "patch_embed_cls",
    ]
    for problem, id in zip(RUN.problems, IDS, strict=True):
        assert problem.id == id
        assert sum(group.max_points for group in problem.groups) == problem.max_score
