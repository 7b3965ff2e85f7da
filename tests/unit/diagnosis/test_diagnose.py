"""Findings: each is made where its test on the answers holds, and nowhere else."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from support.course import PROBLEMS, ROOT
from support.fuzzing import examples

from grader.course import Case
from grader.course.catalogue import load_course
from grader.course.draw import draw_cases, tiny_cases
from grader.diagnosis.diagnose import Diagnosis, diagnose
from grader.diagnosis.experiments import AS_IT_IS, experiments
from grader.diagnosis.finding import Finding
from grader.diagnosis.further_look import (
    SMALL_ARE_RIGHT,
    UNSTEADY,
    FurtherLook,
    ShownExample,
    look_further,
    show_case,
)
from grader.diagnosis.heat_map import heat_map
from grader.diagnosis.known_mistakes import same_answers, take_fingerprints
from grader.diagnosis.measured import Measured, by_tokens
from grader.diagnosis.pixels_read import Reading, what_was_read
from grader.diagnosis.sizes import sizes
from grader.grading.plan import Plan, examples_of
from grader.judging.judge import judge
from grader.judging.outcome import Answer, Outcome, Raised
from grader.oracle.reference import Reference
from grader.writers.blocks import heat_lines, reading_lines
from grader.writers.check_html import diagnosis_html

Array = NDArray[np.float64]
Change = Callable[[Case, Array], Array]
NOTHING_FOUND = FurtherLook()


@cache
def plan(problem_id: str) -> Plan:
    """All cases but the largest."""
    entry = load_course(ROOT).get(problem_id)
    cases = [case for case in draw_cases(entry, 5) if case.group != "vit_base"]
    return Plan(entry, cases, Reference().expected(entry, cases), 5)


def answer(array: Array) -> Answer:
    values = np.asarray(array, np.float32)
    return Answer(values.shape, "float32", values.size, values.ravel())


def findings(problem_id: str, change: Change) -> list[str]:
    """What is found where each right answer is changed so."""
    return [finding.sentence for finding in diagnosed(problem_id, change).findings]


def diagnosed(
    problem_id: str,
    change: Change,
    look: FurtherLook = NOTHING_FOUND,
    known: Finding | None = None,
) -> Diagnosis:
    of = plan(problem_id)
    outcomes: list[Outcome | None] = [
        answer(change(case, right)) for case, right in zip(of.cases, of.expected, strict=True)
    ]
    problem = of.entry.problem
    judgements = [
        judge(problem, case, right, outcome)
        for case, right, outcome in zip(of.cases, of.expected, outcomes, strict=True)
        if outcome is not None
    ]
    return diagnose(problem, of.cases, of.expected, outcomes, judgements, look, known)


def grid(case: Case, right: Array) -> tuple[Array, Array]:
    """The tokens before the patches, and the patches: (images, rows, columns, features)."""
    problem_id = next(p for p in PROBLEMS if any(case is other for other in plan(p).cases))
    view = plan(problem_id).entry.problem.view
    assert view is not None
    of = view(case)
    tokens = right.reshape(of.images, -1, of.features)
    patches = tokens[:, of.extra :].reshape(of.images, of.rows, of.columns, of.features)
    return tokens[:, : of.extra], patches


def moved(change: Callable[[Array], Array]) -> Change:
    def move(case: Case, right: Array) -> Array:
        first, patches = grid(case, right)
        rest = change(patches).reshape(len(first), -1, first.shape[-1])
        return np.concatenate([first, rest], axis=1).reshape(right.shape)

    return move


def features_first(case: Case, right: Array) -> Array:
    first, patches = grid(case, right)
    tokens = np.concatenate([first, patches.reshape(len(first), -1, first.shape[-1])], axis=1)
    return tokens.transpose(0, 2, 1).reshape(right.shape)


@pytest.mark.parametrize("problem_id", PROBLEMS)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (moved(lambda g: g.transpose(0, 2, 1, 3)), "column by column"),
        (moved(lambda g: g[:, ::-1]), "from bottom to top"),
        (moved(lambda g: g[:, :, ::-1]), "from right to left"),
        (moved(lambda g: g[:, ::-1, ::-1]), "from the last to the first"),
        (features_first, "features, tokens). The right order is"),
        (lambda case, right: right[..., ::-1] if right.ndim == 3 else right * 1.5, ""),
        (lambda case, right: 2 * right, "2 times the right one"),
        (lambda case, right: -right, "-1 times the right one"),
        (lambda case, right: right / 255, "1/255 (0.00392157) times"),
    ],
)
def test_right_numbers_in_the_wrong_place_are_told(
    problem_id: str, change: Change, words: str
) -> None:
    assert words in findings(problem_id, change)[0]


def test_a_shift_and_a_missing_term_are_told() -> None:
    def shift(case: Case, right: Array) -> Array:
        return np.roll(right, 1, axis=1)

    def without(name: str) -> Change:
        def change(case: Case, right: Array) -> Array:
            of = plan("patch_embed_cls").entry.problem.parameters
            value = case.arguments[of.index(name)]
            changed = right.copy()
            changed[:, :1] -= np.broadcast_to(value, right.shape)[:, :1]
            return changed

        return change

    assert "one place too late" in findings("patch_embed_cls", shift)[0]
    assert (
        "`pos_embed` is not added to the first token"
        in findings("patch_embed_cls", without("pos_embed"))[0]
    )
    assert (
        "`cls_token` is not added to the first token"
        in findings("patch_embed_cls", without("cls_token"))[0]
    )


def test_positions_stay_where_the_patches_move() -> None:
    def change(case: Case, right: Array) -> Array:
        pos = np.asarray(case.arguments[3], np.float64)
        return moved(lambda g: g.transpose(0, 2, 1, 3))(case, right - pos) + pos

    assert "column by column" in findings("patch_embed_cls", change)[0]


def test_a_bias_is_told() -> None:
    def change(case: Case, right: Array) -> Array:
        _, patches = grid(case, right)
        return right + np.resize(np.arange(patches.shape[-1]) + 1.0, right.size).reshape(
            right.shape
        )

    for problem_id in PROBLEMS:
        assert "differs from the right one by the same vector" in findings(problem_id, change)[0]


@pytest.mark.parametrize("problem_id", PROBLEMS)
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda s: s["H"] != s["W"], "Every wrong case has H ≠ W. Every right case has H = W."),
        (lambda s: s["H"] > s["W"], "Every wrong case has H > W. Every right case has H ≤ W."),
        (lambda s: s["C"] > 3, "Every wrong case has C > 3."),
        (lambda s: s["H"] * s["W"] > 128 * s["p"] ** 2, "has number of patches > "),
    ],
)
def test_where_it_fails_is_told(
    problem_id: str, wrong: Callable[[dict[str, int]], bool], words: str
) -> None:
    generator = np.random.default_rng(0)

    def change(case: Case, right: Array) -> Array:
        noise = generator.normal(size=right.shape)
        return noise if wrong(sizes(plan(problem_id).entry.problem, case)) else right

    (finding,) = findings(problem_id, change)
    assert words in finding


@pytest.mark.parametrize("problem_id", PROBLEMS)
@given(seed=st.integers(0, 2**32))
@examples(10)
def test_of_noise_nothing_is_found(problem_id: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    assert findings(problem_id, lambda _, right: generator.normal(size=right.shape)) == []


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_of_right_answers_nothing_is_found(problem_id: str) -> None:
    assert findings(problem_id, lambda _, right: right) == []


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_the_smallest_cases_begin_with_one_number_and_can_be_pasted(problem_id: str) -> None:
    entry = load_course(ROOT).get(problem_id)
    cases = tiny_cases(entry)
    expected = Reference().expected(entry, cases)
    total = [sum(a.size for a in case.arguments if isinstance(a, np.ndarray)) for case in cases]
    assert total[0] <= 5
    assert max(total) < 400
    for case, right in zip(cases, expected, strict=True):
        lines = show_case(entry.problem, case, right, answer(right + 1))
        given: list[object] = []
        source = "\n".join(lines[: lines.index("")])
        exec(source, {"np": np, entry.problem.entry_point: lambda *a: given.extend(a)})  # noqa: B023
        for one, other in zip(given, case.arguments, strict=True):
            np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
        assert any(line.startswith("expected: ") for line in lines)


def test_an_answer_of_another_size_is_shown_by_its_shape() -> None:
    entry = load_course(ROOT).get("patch_embed_cls")
    case = tiny_cases(entry)[0]
    (right,) = Reference().expected(entry, [case])
    lines = show_case(entry.problem, case, right, Answer((3,), "float32", 3, None))
    assert "yours:    3 numbers, in shape (3,)" in lines


def patches_of(problem_id: str, arguments: Sequence[Any], number: int) -> tuple[Array, int]:
    """(tokens, C·p²) of the probed image, in the order of the statement, and d_model."""
    if problem_id == "vit_patch_embed":
        _, image, p, features = arguments
    else:
        x, w_proj, _, _, p = arguments
        image, features = x[number].transpose(1, 2, 0), w_proj.shape[1]
    height, width, channels = image.shape
    grid = image.reshape(height // p, p, width // p, p, channels).transpose(0, 2, 1, 3, 4)
    return grid.reshape(-1, p * p * channels).astype(np.float64), features


def read_by(problem_id: str, change: Callable[[Array], Array]) -> Reading:
    """What a function reads that projects patches and then moves them about."""
    problem = load_course(ROOT).get(problem_id).problem
    assert problem.view is not None
    cases = {
        name: case
        for name, case in experiments(problem).items()
        if name == AS_IT_IS or name.startswith("element")
    }
    answers = {}
    for name, case in cases.items():
        images = []
        for image in range(problem.view(case).images):
            patches, features = patches_of(problem_id, case.arguments, image)
            weights = np.random.default_rng(1).normal(size=(patches.shape[1], features))
            extra = np.ones((problem.view(case).extra, features))
            images.append(np.concatenate([extra, change(patches @ weights)]))
        answers[name] = by_tokens(problem, case, np.array(images))
    return what_was_read(Measured(problem, cases, answers, answers))


@pytest.mark.parametrize("problem_id", PROBLEMS)
@given(order=st.permutations(range(6)))
@examples(20)
def test_what_each_token_read_is_seen(problem_id: str, order: list[int]) -> None:
    reading = read_by(problem_id, lambda tokens: tokens[order])
    extra = len(reading.labels) - 6
    assert reading.astray == [n + extra for n, m in enumerate(order) if n != m]
    np.testing.assert_array_equal(reading.does[extra:], reading.should[extra:][np.array(order)])
    assert not reading.does[:extra].any()
    if reading.astray:
        assert f"token {reading.astray[0]} (patch in row " in reading.finding.sentence
    else:
        assert "each token reads what it should, and nothing else" in reading.finding.sentence


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_a_token_that_reads_too_much_or_nothing_is_told(problem_id: str) -> None:
    everything = read_by(problem_id, lambda tokens: tokens + tokens.mean(axis=0))
    assert everything.does[-6:].all()
    assert (
        "should read rows 0 to 1, columns 0 to 1, but it reads all pixels."
        in everything.finding.sentence
    )
    nothing = read_by(problem_id, np.zeros_like)
    assert not nothing.does.any()
    assert nothing.finding.sentence.endswith("but it reads no pixels.")
    assert "□ □" in "\n".join(reading_lines(nothing))
    assert "X X" in "\n".join(reading_lines(everything))
    svg = diagnosis_html(Diagnosis(reading=everything), "")
    assert svg.count("should not be read") == 6 * 20 + 1


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_a_further_look_tells_what_is_random_and_what_is_wrong_in_large_cases_only(
    problem_id: str,
) -> None:
    entry = load_course(ROOT).get(problem_id)
    examples = examples_of(entry, Reference())
    asked = [*examples.cases, *examples.experiments.values()]
    right = [answer(array) for array in Reference().expected(entry, asked)]
    calls = 0

    def look(change: Callable[[Array], Array]) -> FurtherLook:
        def ask(case: Case, elements: int) -> Outcome:
            there = [a for c, a in zip(asked, right, strict=True) if c is case]
            (given,) = there or map(answer, Reference().expected(entry, [case]))
            assert given.values is not None
            assert given.elements == elements
            return answer(change(given.values))

        return look_further(entry.problem, examples, ask)

    def drift(values: Array) -> Array:
        nonlocal calls
        calls += 1
        return values + 0.01 * calls

    large = look(lambda values: values)
    assert large.findings == (SMALL_ARE_RIGHT,)
    assert large.example == ShownExample()
    moving = look(drift)
    assert moving.findings == (UNSTEADY,)
    assert moving.reading is None
    assert moving.example.lines
    scaled = look(lambda values: values * 2)
    assert scaled.findings[0].id == "weights:factor:2"
    assert scaled.reading is not None
    assert not scaled.reading.astray
    assert look_further(entry.problem, examples, lambda *_: None) == FurtherLook()


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_experiments_without_numbers_show_nothing(problem_id: str) -> None:
    entry = load_course(ROOT).get(problem_id)
    looked = dataclasses.replace(examples_of(entry, Reference()), cases=(), expected=())

    def nothing_found(outcome: Callable[[int], Outcome]) -> list[str]:
        look = look_further(entry.problem, looked, lambda _, elements: outcome(elements))
        assert look.reading is None
        return [finding.id for finding in look.findings]

    assert nothing_found(lambda _: Answer((3,), "float32", 3, None)) == []
    assert nothing_found(lambda _: Raised("call", "ValueError", "no")) == []
    not_finite = nothing_found(lambda elements: answer(np.full(elements, np.nan)))
    assert not_finite == ["precision:not-finite"]


def test_a_heat_map_keeps_the_first_of_a_large_answer_and_what_is_no_number() -> None:
    of = plan("patch_embed_cls")
    problem = of.entry.problem
    assert {right.shape[0] for right in of.expected} >= {1, 2}
    for case, right in zip(of.cases, of.expected, strict=True):
        got = right.copy()
        got[0, 0, 0] = np.nan
        got[0, 1, 0] += 2
        heat = heat_map(problem, case, right, got)
        assert heat is not None
        assert (heat.tokens, heat.features) == right.shape[1:]
        assert np.isinf(heat.off[0, 0])
        assert heat.most == pytest.approx(2)
        assert heat.labels[:2] == ("[CLS]", "patch in row 0, column 0")
        lines = list(heat_lines(heat))
        assert lines[1].endswith("[CLS]  ??" + "··" * (min(right.shape[2], 24) - 1))
        assert "  ██" in lines[2]
        assert heat.cut == (right.shape[1] > 24 or right.shape[2] > 32)
        svg = diagnosis_html(Diagnosis(heat=heat), "")
        assert svg.count("<title>") == heat.off.size
        assert "no finite number" in svg
        assert heat.of.startswith(problem.groups[case.group].purpose)
        assert heat.of.endswith(f", image 1 of {len(right)}") == (len(right) > 1)
        assert f"|yours - expected| on {heat.of}:" in lines[0]
        assert f"|yours - expected| on {heat.of}:" in svg
    assert any(right.shape[1] > 24 for right in of.expected)


def test_a_heat_map_is_of_the_image_that_is_wrong() -> None:
    of = plan("patch_embed_cls")
    case, right = next((c, r) for c, r in zip(of.cases, of.expected, strict=True) if len(r) > 1)
    got = right + np.resize([1e-7, 0], right.shape)
    got[1, 1, 0] += 3
    heat = heat_map(of.entry.problem, case, right, got, of_example=True)
    assert heat is not None
    assert heat.of == f"the input above, image 2 of {len(right)}"
    assert heat.off[1, 0] == pytest.approx(3)


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_a_map_that_would_show_nothing_is_left_out(problem_id: str) -> None:
    of = plan(problem_id)
    problem = of.entry.problem
    assert problem.view is not None
    shapes = set()
    for case, right in zip(of.cases, of.expected, strict=True):
        view = problem.view(case)
        tokens = view.extra + view.rows * view.columns
        for alike in (right + 1, right * np.nan, right - 0.5 - np.resize([0.1, 0], right.shape)):
            assert heat_map(problem, case, right, alike) is None
        far = right + np.resize([1e-7, 0], right.shape)  # rounding
        far.reshape(view.images, tokens, view.features)[:, -1, -1] += 1
        is_shown = 1 < tokens <= 24 and view.features <= 32
        assert (heat_map(problem, case, right, far) is not None) == is_shown
        shapes.add((tokens == 1, is_shown))
    assert {shown for _, shown in shapes} == {False, True}
    assert any(single for single, _ in shapes) or problem_id == "patch_embed_cls"


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_sentences_example_and_picture_are_of_one_case(problem_id: str) -> None:
    """A map of the example that is shown, else of the first wrong case; or the pixels read."""
    of = plan(problem_id)
    swapped = moved(lambda grid: grid[:, :, ::-1])
    large = diagnosed(problem_id, swapped, FurtherLook(findings=(SMALL_ARE_RIGHT,)))
    assert large.heat is not None
    assert not large.heat.of_example
    groups = [group.purpose for group in of.entry.problem.groups.values()]
    assert any(large.heat.of.startswith(purpose) for purpose in groups)

    example = ShownExample(("x = 1",))
    assert diagnosed(problem_id, swapped, FurtherLook(example)).heat is None
    example = ShownExample(("x = 1",), large.heat)
    reading = read_by(problem_id, lambda tokens: tokens[::-1])
    finding = Finding("not-linear", "It is not linear.")
    found = diagnosed(problem_id, lambda _, a: a**2, FurtherLook(example, reading, (finding,)))
    assert (found.example, found.heat, found.reading) == (("x = 1",), large.heat, None)
    look = FurtherLook(example, reading, (reading.finding,))
    found = diagnosed(problem_id, lambda _, a: a**2, look)
    assert (found.heat, found.reading) == (None, reading)


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_what_was_measured_is_evidence_of_a_known_mistake(problem_id: str) -> None:
    known = Finding("known-00000001", "You square it.")
    measured = Finding("not-linear", "It is not linear.")

    def squared(look: FurtherLook, known: Finding | None) -> Diagnosis:
        return diagnosed(problem_id, lambda _, right: right**2, look, known)

    found = squared(FurtherLook(findings=(measured,)), known)
    assert found.what == (known, measured)
    assert found.sentences[:2] == ("You square it.", "Measured: It is not linear.")
    assert squared(FurtherLook(findings=(measured,)), None).sentences[0] == "It is not linear."
    right = Finding("reads-right", "Each token reads what it should.")
    for finding in (right, SMALL_ARE_RIGHT):
        assert squared(FurtherLook(findings=(finding,)), known).what == (known,)
    layout = diagnosed(problem_id, lambda _, a: 2 * a, FurtherLook(findings=(measured,)), known)
    assert [finding.id for finding in layout.what] == ["known-00000001", "factor:2"]


@pytest.mark.parametrize("value", [1.7e308, -1.7e308, 5e-324, math.inf, math.nan])
@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_any_numbers_are_diagnosed_without_a_warning(problem_id: str, value: float) -> None:
    """Warnings are errors here."""
    of = plan(problem_id)
    problem = of.entry.problem
    signs = [np.resize([1.0, -1.0], right.shape) * value for right in of.expected]
    outcomes: list[Outcome | None] = [Answer(a.shape, "float64", a.size, a.ravel()) for a in signs]
    judgements = [
        judge(problem, case, right, outcome)
        for case, right, outcome in zip(of.cases, of.expected, outcomes, strict=True)
        if outcome is not None
    ]
    looked = examples_of(of.entry, Reference())

    def ask(_: Case, elements: int) -> Answer:
        array = np.resize([value, -value], elements)
        return Answer(array.shape, "float64", elements, array)

    look = look_further(problem, looked, ask)
    found = diagnose(problem, of.cases, of.expected, outcomes, judgements, look)
    assert found.example
    if value != 5e-324:  # as zeros, it is off by what is right
        assert found.heat is None  # all are off alike
    assert diagnosis_html(found, "")
    assert not re.search(r"\b(inf|nan)\b", " ".join(f.sentence for f in found.findings))
    taken = take_fingerprints(of.cases, outcomes)
    assert same_answers(taken, taken).shape == (len(of.cases),)
