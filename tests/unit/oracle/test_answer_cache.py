"""Right answers that are kept from run to run: the same ones, for the same cases only."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support.course import patch_embed_cls

from grader.course import Case
from grader.course.catalogue import Entry
from grader.course.draw import tiny_cases
from grader.oracle import answer_cache
from grader.oracle.answer_cache import ANSWERS, CachedAnswers
from grader.oracle.program_cache import cache_folder


class Counting:
    """Gives an answer of its own to each case, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def expected(self, entry: Entry, cases: Sequence[Case]) -> list[NDArray[np.float64]]:
        self.asked += 1
        return [np.full((2, number + 1), number / 3) for number in range(len(cases))]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(answer_cache, "keep_compiled", lambda: None)
    return cache_folder() / ANSWERS.name


def asked(entry: Entry | None = None, count: int | None = None) -> int:
    """How often the other oracle is asked for these; what comes back is right in any case."""
    entry = entry or patch_embed_cls()
    cases = tiny_cases(entry)[:count]
    oracle = Counting()
    right = Counting().expected(entry, cases)
    for got, answer in zip(CachedAnswers(oracle).expected(entry, cases), right, strict=True):
        np.testing.assert_array_equal(got, answer)
        assert got.dtype == np.float64
    return oracle.asked


def test_answers_are_kept_for_the_same_cases_of_the_same_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert [asked(), asked()] == [1, 0]
    assert [asked(count=2), asked(count=2)] == [1, 0]
    mended = dataclasses.replace(patch_embed_cls(), version="another")
    assert [asked(mended), asked(mended), asked()] == [1, 0, 0]
    monkeypatch.setattr(answer_cache, "versions", lambda: {"jax": "another"})
    assert asked() == 1


@pytest.mark.parametrize("length", [0, 3, 500])
def test_a_file_that_cannot_be_read_is_made_again(folder: Path, length: int) -> None:
    asked()
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:length])
    assert [asked(), asked()] == [1, 0]


def test_a_folder_that_others_can_write_is_not_used(folder: Path) -> None:
    asked()
    folder.chmod(0o777)
    assert asked() == 1
    assert asked(count=2) == 1
    assert len([*folder.iterdir()]) == 1


def test_where_nothing_can_be_kept_it_is_done_without(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where the folder should be")
    assert [asked(), asked()] == [1, 1]


def test_the_newest_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_cache, "ANSWERS", dataclasses.replace(ANSWERS, most=3))
    for count in range(1, 7):
        asked(count=count)
    assert len([*folder.iterdir()]) == 3
    assert asked(count=6) == 0
