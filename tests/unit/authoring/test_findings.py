"""What many trials say: which group catches which mistake, how narrowly, and by what chance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from grader.authoring.findings import chance_of_a_miss, kill_matrix, margins
from grader.authoring.trial import Trial, make_trial
from grader.common.verdict import Verdict
from grader.course import Case, Group, Problem
from grader.judging.judgement import Judgement, Kind


def trial(file: str, caught: str = "", error: float = math.inf, whole: bool = True) -> Trial:
    verdict = Verdict.WRONG_ANSWER if caught else Verdict.ACCEPTED
    return Trial(file, 0, verdict, "", frozenset(caught), error, whole)


def test_the_kill_matrix_tells_what_each_group_is_for() -> None:
    trials = [
        trial("wrong_answer/always.py", "ab"),
        trial("wrong_answer/always.py", "ab"),
        trial("wrong_answer/lone.py", "b"),
        trial("wrong_answer/lone.py", "b"),
        trial("wrong_answer/chance.py", "a"),
        trial("wrong_answer/chance.py", "c"),
        trial("wrong_answer/early.py", "a", whole=False),
        trial("accepted/right.py"),
    ]
    matrix = kill_matrix(trials, ["a", "b", "c", "d"])
    assert matrix.runs == 2
    assert set(matrix.rates) == {f"wrong_answer/{n}.py" for n in ("always", "lone", "chance")}
    assert matrix.rates["wrong_answer/chance.py"] == {"a": 0.5, "b": 0, "c": 0.5, "d": 0}
    assert matrix.caught_by_one == {"wrong_answer/lone.py": "b"}
    assert matrix.not_needed == ("d",)


def test_margins_are_those_of_the_worst_on_either_side() -> None:
    found = margins(
        [
            trial("accepted/a.py", error=0.5),
            trial("accepted/b.py", error=0.8),
            trial("wrong_answer/a.py", "a", error=40),
            trial("wrong_answer/b.py", "a", error=20, whole=False),  # left early, so at least 16
        ],
        bound=4,
    )
    assert (found.right, found.wrong, found.smallest_mistake) == (0.8, 40, "wrong_answer/a.py")
    assert (found.margin_below, found.margin_above) == (5, 10)
    narrow = margins([trial("wrong_answer/c.py", "a", error=9, whole=False)], bound=4)
    assert (narrow.wrong, narrow.smallest_mistake) == (9, "wrong_answer/c.py")


@given(st.integers(0, 50), st.integers(1, 50))
def test_the_chance_of_a_miss_is_never_too_small(missed: int, caught: int) -> None:
    trials = [trial("wrong_answer/a.py")] * missed + [trial("wrong_answer/a.py", "a")] * caught
    count, chance = chance_of_a_miss(trials)
    assert count == missed
    assert 1 >= chance > missed / len(trials)


def test_a_trial_ends_at_the_first_failure_that_is_a_wide_one() -> None:
    tried: list[str] = []
    problem = Problem("", "f", (), "", {g: Group("") for g in "abc"}, lambda *_: iter(()))

    def judged() -> Iterator[tuple[Case, Judgement]]:
        for group in "abc":
            tried.append(group)
            kind = Kind.ACCEPTED if group == "a" else Kind.EXCEPTION
            yield Case(group, (), 1), Judgement(kind, group)

    short = make_trial(problem, Path("wrong_answer/x.py"), 0, judged(), whole=False)
    assert (tried, short.caught, short.message) == (["a", "b"], frozenset("b"), "b")
    whole = make_trial(problem, Path("wrong_answer/x.py"), 0, judged(), whole=True)
    assert (whole.caught, whole.verdict) == (frozenset("bc"), Verdict.RUN_TIME_ERROR)
