"""Known mistakes are named by the answers that they give, asked in few cases."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from support.course import ROOT

from grader.course import Case
from grader.course.catalogue import load_course
from grader.course.draw import draw_cases
from grader.diagnosis.finding import Finding
from grader.diagnosis.known_mistakes import (
    FIRST_SHAPES,
    MOST_READ,
    SMALL,
    Ask,
    Fingerprints,
    KnownMistakes,
    ask_for_any_size,
    ask_in_turn,
    in_asking_order,
    no_fingerprints,
    replay,
    same_answers,
    take_fingerprints,
)
from grader.judging.outcome import Answer, Outcome
from grader.oracle.answer_cache import CachedAnswers
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
    "You double many.": lambda case, right: 2 * right if case.group == "many_patches" else right,
}


@cache
def practice() -> tuple[list[Case], list[Array]]:
    """All practice cases but the largest, in their asking order, with their right answers."""
    entry = load_course(ROOT).get("patch_embed_cls")
    drawn = [case for case in draw_cases(entry, SEED) if case.group != "vit_base"]
    cases = in_asking_order(drawn)
    return cases, CachedAnswers(Reference()).expected(entry, cases)


def outcome(change: Change, case: Case, right: Array, elements: int) -> Outcome:
    values = np.asarray(change(case, right), np.float32)
    whole = values.ravel() if values.size == elements else None
    return Answer(values.shape, "float32", values.size, whole)


def outcomes_of(change: Change) -> list[Outcome]:
    return [outcome(change, c, e, e.size) for c, e in zip(*practice(), strict=True)]


def prints(change: Change) -> Fingerprints:
    """Of answers of any size."""
    cases, expected = practice()

    outcomes: list[Outcome | None] = []
    for c, e in zip(cases, expected, strict=True):
        first, again = ask_for_any_size(lambda _, n, c=c, e=e: outcome(change, c, e, n), c, e.size)
        outcomes.append(again or first)
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
    assert named(twins.name(prints(CHANGES[double]))) == f"Either: {double} Or: {double} Twin"
    assert known(*[f"{double} Twin {n}" for n in range(4)]).name(prints(CHANGES[double])) is None
    # Made in some cases only, it is named if nothing else gives the same there.
    here = prints(CHANGES["You double wide ones."])
    assert named(mistakes.name(here)) == double
    assert twins.name(here) is None


def asking(change: Change, asked: list[int]) -> Ask:
    """Answers with a change, and adds the places of the cases that are asked for."""
    cases, expected = practice()

    def ask(case: Case, elements: int) -> Outcome:
        number = len(asked)
        if asked and case is cases[number - 1]:  # once more, for an answer of another size
            assert elements != expected[number - 1].size
            return outcome(change, case, expected[number - 1], elements)
        assert case is cases[number]  # as recorded: earlier calls are a part of some mistakes
        assert elements == expected[number].size
        asked.append(number)
        return outcome(change, case, expected[number], elements)

    return ask


@pytest.mark.parametrize("made", CHANGES)
def test_a_few_small_cases_tell_which_mistake_it_is(made: str) -> None:
    """Unless it shows in none of them: then the others are asked too."""
    mistakes = known(*CHANGES)
    cases, _ = practice()
    asked: list[int] = []
    answers = ask_in_turn(cases, mistakes.right, asking(CHANGES[made], asked))
    assert named(mistakes.name(answers)) == made
    if made != "You leave out a number.":
        again = replay(cases, mistakes.right, outcomes_of(CHANGES[made]))
        np.testing.assert_array_equal(again, answers)
    if made == "You double many.":
        assert len(asked) == len(cases)
    else:
        assert 6 < len(asked) < len(cases) / 3
        assert max(np.size(a) for n in asked for a in cases[n].arguments) <= SMALL
        assert len({str(cases[n].shapes) for n in asked}) == FIRST_SHAPES


def test_what_was_not_recorded_is_not_compared() -> None:
    mistakes = known("You double.", "You double many.")
    cases, _ = practice()
    rows = [
        ask_in_turn(cases, mistakes.right, asking(CHANGES[text], []))
        for text in ("You double.", "You double many.")
    ]
    mistakes = dataclasses.replace(mistakes, fingerprints=np.stack(rows))
    assert [named(mistakes.name(row)) for row in rows] == ["You double.", "You double many."]

    def large(case: Case, right: Array) -> Array:
        return 2 * right if case.group == "large_patches" else right

    # Right in the small cases, so it does not double all; and wrong in others than the many.
    answers = ask_in_turn(cases, mistakes.right, asking(large, []))
    assert mistakes.name(answers) is None


def test_an_unknown_mistake_is_not_named() -> None:
    mistakes = known(*CHANGES)

    def sevens(case: Case, elements: int) -> Outcome:
        return Answer((elements,), "float32", elements, np.full(elements, 7.0, np.float32))

    for ask in (sevens, lambda *_: None):
        assert mistakes.name(ask_in_turn(mistakes.cases, mistakes.right, ask)) is None


def test_of_answers_of_one_size_only_the_same_numbers_are_the_same() -> None:
    """A size alone names no mistake: not even one whose answer is too large to be read."""
    mistakes = known("You leave out a number.")
    assert named(mistakes.name(prints(lambda _, right: right.ravel()[:-1]))) == ""
    unread = take_fingerprints(mistakes.cases, outcomes_of(CHANGES["You leave out a number."]))
    assert not same_answers(unread, unread).any()
    assert mistakes.name(unread) is None


def test_an_answer_too_large_to_read_agrees_by_its_size_if_another_is_read() -> None:
    def resized(factor: float, size: int = MOST_READ + 1) -> Change:
        def answer(case: Case, right: Array) -> Array:
            return np.full(size, 7.0) if case.group == "wide" else factor * right.ravel()[1:]

        return answer

    cases, _ = practice()
    assert {"wide", "tall"} <= {case.group for case in cases}
    mistakes = dataclasses.replace(known("You negate."), fingerprints=prints(resized(1))[None])
    assert named(mistakes.name(prints(resized(1)))) == "You negate."
    assert named(mistakes.name(prints(resized(1.5)))) == ""  # read and other
    assert named(mistakes.name(prints(resized(1, MOST_READ + 2)))) == ""  # unread and other


def test_of_answers_that_grow_two_sizes_tell_the_mistake() -> None:
    cases, _ = practice()
    grown = 0

    def growing(step: int) -> Fingerprints:
        nonlocal grown
        grown = 0

        def ask(case: Case, elements: int) -> Outcome:
            nonlocal grown
            grown += step
            return Answer((elements + grown,), "float32", elements + grown, None)

        return ask_in_turn(cases, prints(lambda _, right: right), ask)

    by_three, again, by_four = growing(3), growing(3), growing(4)
    asked = by_three["elements"] >= 0
    assert same_answers(by_three, again)[asked].all()
    assert not same_answers(by_three, by_four)[asked].any()


def test_a_size_that_no_machine_has_is_a_claim_like_any_other() -> None:
    cases, _ = practice()

    def ask(case: Case, elements: int) -> Outcome:
        return Answer((2**40, 2**40), "float32", 2**80 if elements == 5 else 5, None)

    right = prints(lambda _, right: right)
    for answers in (
        ask_in_turn(cases, right, ask),
        take_fingerprints(cases[:1], [ask(cases[0], 5)]),
    ):
        assert answers["elements"].max() > 0
