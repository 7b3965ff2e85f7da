"""Known mistakes: each is recorded once, in a worker, and named by the answers that it gives."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support.course import PROBLEMS, ROOT

from grader.common.processors import usable_processors
from grader.course import Case
from grader.course.catalogue import Entry, load_course
from grader.course.draw import draw_cases
from grader.diagnosis.finding import Finding
from grader.diagnosis.fingerprints import (
    NO_ANSWER,
    Fingerprints,
    no_fingerprints,
    same_answers,
    take_fingerprints,
)
from grader.diagnosis.known_mistakes import (
    FIRST_SHAPES,
    SMALL,
    Ask,
    KnownMistakes,
    ask_in_turn,
    in_asking_order,
    replay,
)
from grader.grading.grade_one import grade_submission
from grader.grading.plan import Plan, make_plan
from grader.judging.outcome import Answer, Outcome
from grader.oracle.answer_cache import CachedAnswers
from grader.oracle.practice import SEED, recorded_once
from grader.oracle.program_cache import cache_folder
from grader.oracle.record_mistakes import RECORDINGS, record_mistakes, sentence
from grader.oracle.reference import Reference
from grader.sandbox import Sandbox
from grader.submissions import Submission

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


def asking(change: Change, asked: list[int]) -> Ask:
    """Answers with a change, and adds the places of the cases that are asked for."""
    cases, expected = practice()

    def ask(case: Case, elements: int) -> Outcome:
        number = len(asked)
        assert case is cases[number]  # as recorded: earlier calls are a part of some mistakes
        assert elements == expected[number].size
        asked.append(number)
        return outcome(change, case, expected[number])

    return ask


@pytest.mark.parametrize("made", CHANGES)
def test_a_few_small_cases_tell_which_mistake_it_is(made: str) -> None:
    """Unless it shows in none of them: then the others are asked too."""
    mistakes = known(*CHANGES)
    cases, _ = practice()
    asked: list[int] = []
    answers = ask_in_turn(cases, mistakes.right, asking(CHANGES[made], asked))
    assert named(mistakes.name(answers)) == made
    outcomes = [outcome(CHANGES[made], c, e) for c, e in zip(*practice(), strict=True)]
    np.testing.assert_array_equal(replay(cases, mistakes.right, outcomes), answers)
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


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """A problem with a bank of two mistakes, of which nothing is recorded."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(ROOT / "problems", tmp_path / "problems")
    bank = tmp_path / "solutions" / "patch_embed_cls" / "wrong_answer"
    bank.mkdir(parents=True)
    whole = ROOT / "solutions" / "patch_embed_cls"
    shutil.copyfile(whole / "reference.py", bank.parent / "reference.py")
    for name in ("divided_by_255.py", "cls_token_appended_last.py"):
        shutil.copyfile(whole / "wrong_answer" / name, bank / name)
    return load_course(tmp_path).get("patch_embed_cls")


def record(entry: Entry, told: list[str]) -> KnownMistakes:
    cases = draw_cases(entry, SEED)[:3]
    return record_mistakes(entry, cases, Reference().expected(entry, cases), 2, told.append)


def test_each_file_is_recorded_once_and_what_cannot_be_read_is_skipped(small: Entry) -> None:
    told: list[str] = []
    first = record(small, told)
    assert told == ["Recording the known mistakes of patch_embed_cls, once: 0 of 2."]
    assert (first.fingerprints["elements"] != NO_ANSWER).all()
    assert all(f.id.startswith("known-") and len(f.id) == 14 for f in first.findings)
    bank = small.solutions / "wrong_answer"
    (bank / ".#x.py").symlink_to("nobody@nowhere.1")  # an editor's lock
    (bank / "half_written.py").write_text('"""Not')
    np.testing.assert_array_equal(record(small, told).fingerprints, first.fingerprints)
    assert len(told) == 1
    changed = bank / "divided_by_255.py"
    changed.write_text(changed.read_text().replace("255", "127"))
    again = record(small, told)
    assert told[1:] == ["Recording the known mistakes of patch_embed_cls, once: 0 of 1."]
    asked = first.fingerprints["elements"] >= 0
    same = same_answers(again.fingerprints, first.fingerprints)
    assert [row[n].all() for row, n in zip(same, asked, strict=True)] == [True, False]
    assert len([*(cache_folder() / RECORDINGS.name).iterdir()]) == 3


def test_a_mistake_that_fails_has_no_fingerprint_and_disturbs_no_other(small: Entry) -> None:
    """Each has a worker's limits to itself: memory, a death, and JAX's settings."""
    bank = small.solutions / "wrong_answer"
    head = (
        '"""A mistake."""\nimport os, numpy as np\ndef patch_embed_cls(x, w, c, p, patch_size):\n'
    )
    (bank / "a_dies.py").write_text(f"{head}    os._exit(1)\n")
    (bank / "b_takes_all_memory.py").write_text(f"{head}    return np.ones(10**10)\n")
    (bank / "c_is_never_loaded.py").write_text('"""A mistake."""\nraise SystemExit\n')
    mistakes = record(small, [])
    without = (mistakes.fingerprints["elements"] == NO_ANSWER).all(axis=1)
    assert without.tolist() == [True, True, True, False, False]


def test_if_nothing_can_be_recorded_that_is_said_once_and_nothing_is_known(small: Entry) -> None:
    class Broken:
        def expected(self, *_: object) -> list[Array]:
            raise ValueError("the reference is being edited")

    told: list[str] = []
    ask = recorded_once(small, Broken(), 1, told.append)
    for _ in range(2):
        mistakes = ask()
        assert mistakes.name(no_fingerprints(len(mistakes.cases))) is None
    (said,) = told
    assert "patch_embed_cls are not named in this run: the reference is being edited" in said


@cache
def plan(problem_id: str, seed: int) -> Plan:
    """As in a class run, with all known mistakes."""
    entry, oracle = load_course(ROOT).get(problem_id), CachedAnswers(Reference())
    known = recorded_once(entry, oracle, usable_processors(), print)
    return make_plan(entry, seed, oracle, known)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", [SEED, 41])
@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_every_known_mistake_is_named(problem_id: str, seed: int, any_sandbox: Sandbox) -> None:
    """As in `check`, on practice cases, and as in a class run, on others; nearly all alone."""
    paths = sorted((ROOT / "solutions" / problem_id / "wrong_answer").glob("*.py"))
    said = {}
    for path in paths:
        report = grade_submission(
            plan(problem_id, seed), Submission("sam", path, problem_id), any_sandbox
        )
        said[path.stem] = report.diagnosis.what
    owed = {path.stem: sentence(path.read_bytes()) for path in paths}
    assert {stem: what for stem, what in said.items() if owed[stem] not in "".join(what)} == {}
    assert sum(what == (owed[stem],) for stem, what in said.items()) >= 0.9 * len(paths)
