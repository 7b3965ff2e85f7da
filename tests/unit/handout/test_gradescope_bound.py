"""Gradescope ends an autograder after ten minutes: results are there before that."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.course import patch_embed_cls
from support.fuzzing import examples

from grader.grading.grade_one import EXPLAINING_SECONDS
from grader.handout.gradescope import container
from grader.handout.gradescope.container import MOST_SECONDS, _seconds


@examples(50)
@given(problems=st.integers(1, 12), setup=st.floats(0, 100))
def test_problems_share_the_time(problems: int, setup: float) -> None:
    """If each takes all that it may, and is explained, the last ends in time."""
    now = setup
    for left in range(problems, 0, -1):
        share = (MOST_SECONDS - now) / left
        seconds = _seconds(patch_embed_cls(), share)
        assert 0 < seconds <= patch_embed_cls().problem.limits.total_seconds
        now += seconds + min(EXPLAINING_SECONDS, share / 2)
    assert now <= MOST_SECONDS + 1e-6


def test_who_is_not_graded_in_time_is_a_judge_error(
    small_course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MOST_SECONDS", 0.001)
    (tmp_path / "source").symlink_to(small_course)
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "patch_embed_cls.py").write_text("def patch_embed_cls(*a): pass\n")
    results = container.grade(tmp_path)
    assert "score" not in results
    assert "patch_embed_cls: judge error" in [test["name"] for test in results["tests"]]
    assert "the time for all problems" in results["tests"][1]["output"]
