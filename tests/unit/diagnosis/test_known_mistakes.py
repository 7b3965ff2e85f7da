"""Known mistakes are named by the answers that they give, asked in few cases."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from support.course import ROOT

from grader.course import Case
from grader.course.catalogue import load_course
from grader.course.draw import draw_cases
from grader.diagnosis.ask_further import ask_which_mistake
from grader.diagnosis.finding import Finding
from grader.diagnosis.fingerprints import (
    Fingerprints,
    no_fingerprints,
    same_answers,
    take_fingerprints,
)
from grader.diagnosis.known_mistakes import LEAST_ASKED, KnownMistakes
from grader.judging.outcome import Answer, Outcome
from grader.oracle.answer_cache import Remembered
from grader.oracle.practice import SEED
from grader.oracle.reference import Reference

Array = NDArray[np.float64]
Change = Callable[[Case, Array], Array]

CHANGES: dict[str, Change] = {
    "You double.": lambda case, right: 2 * right,
    "You double wide ones.": lambda case, right: 2 * right if case.group == "wide" else right,
    "You double the rest.": lambda case, right: right if case.group == "wide" else 2 * right,
    "You negate.": lambda case, right: -right,
    "You leave out a number.": lambda case, right: right.ravel()[1:],
}


@cache
def practice() -> tuple[list[Case], list[Array]]:
    """All practice cases but the largest, with their right answers."""
    entry = load_course(ROOT).get("patch_embed_cls")
    cases = [case for case in draw_cases(entry, SEED) if case.group != "vit_base"]
    return cases, Remembered(Reference()).expected(entry, cases)


def outcome(change: Change, case: Case, right: Array) -> Outcome:
    values = np.asarray(change(case, right), np.float32)
    whole = values.ravel() if values.size == right.size else None
    return Answer(values.shape, "float32", values.size, whole)


def prints(change: Change) -> Fingerprints:
    cases, expected = practice()
    outcomes = [outcome(change, c, e) for c, e in zip(cases, expected, strict=True)]
    return take_fingerprints(cases, outcomes)


def known(*sentences: str) -> KnownMistakes:
    return KnownMistakes(
        cases=practice()[0],
        right=prints(lambda _, right: right),
        findings=[Finding(f"known-{n}", text) for n, text in enumerate(sentences)],
        fingerprints=np.stack([prints(CHANGES[text.split(" Twin")[0]]) for text in sentences]),
    )


def named(finding: Finding | None) -> str:
    return finding.sentence if finding else ""


def test_answers_that_differ_in_one_number_are_not_the_same() -> None:
    def but_one(case: Case, right: Array) -> Array:
        changed = right.copy()
        changed.ravel()[-1] += np.abs(right).max() / 100
        return changed

    right = prints(lambda _, right: right)
    assert not same_answers(right, prints(but_one)).any()
    assert same_answers(right, prints(lambda _, right: right * (1 + 2e-8))).all()
    assert not same_answers(no_fingerprints(3), no_fingerprints(3)).any()


def test_a_mistake_is_named_only_if_all_its_answers_are_given() -> None:
    double, negate = "You double.", "You negate."
    mistakes = known(double, negate)
    assert mistakes.name(prints(CHANGES[double])) == Finding("known-0", double)
    assert mistakes.name(mistakes.right) is None
    assert mistakes.name(no_fingerprints(len(mistakes.cases))) is None
    half = prints(lambda case, right: (2 if case.group != "wide" else 3) * right)
    assert mistakes.name(half) is None
    twins = known(double, f"{double} Twin", negate)
    assert named(twins.name(prints(CHANGES[double]))) == f"{double} Or: {double} Twin"
    assert known(*[f"{double} Twin {n}" for n in range(4)]).name(prints(CHANGES[double])) is None
    # Made in some cases only, it is named if nothing else gives the same there.
    here = prints(CHANGES["You double wide ones."])
    assert named(mistakes.name(here)) == double
    assert twins.name(here) is None


@pytest.mark.parametrize("made", CHANGES)
def test_a_few_cases_tell_which_mistake_it_is(made: str) -> None:
    mistakes = known(*CHANGES)
    cases, expected = practice()
    asked = []

    def ask(case: Case, elements: int) -> Outcome:
        (number,) = (n for n, other in enumerate(cases) if other is case)
        assert elements == expected[number].size
        asked.append(number)
        return outcome(CHANGES[made], case, expected[number])

    wrong = ~same_answers(prints(CHANGES[made]), mistakes.right)
    failed = {case.group for case, fails in zip(cases, wrong, strict=True) if fails}
    assert named(ask_which_mistake(mistakes, failed, ask)) == made
    assert asked == [*range(len(asked))]  # as recorded: earlier calls are a part of some mistakes
    assert LEAST_ASKED <= len(asked) < 10


def test_an_unknown_mistake_is_asked_little_and_not_named() -> None:
    asked = []

    def ask(case: Case, elements: int) -> Outcome:
        asked.append(case)
        return Answer((elements,), "float32", elements, np.full(elements, 7.0, np.float32))

    assert ask_which_mistake(known(*CHANGES), {"square"}, ask) is None
    assert len(asked) == 1
    assert ask_which_mistake(known(*CHANGES), {"square"}, lambda *_: None) is None
