"""What is said of a function is true of it, and each single fault has its finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.course import PROBLEMS, entries
from support.fuzzing import examples
from support.students import ALL, RandomFunction, Student, faults_of
from support.truth import Truth

from grader.course import Case
from grader.diagnosis.causes import find_causes
from grader.diagnosis.experiments import CHANGES, experiments, main_argument
from grader.diagnosis.finding import Finding
from grader.diagnosis.measured import Measured
from grader.diagnosis.pixels_read import Reading

Array = np.ndarray
RIGHT = "right"

# The ids of what is found, in vit_patch_embed and in patch_embed_cls. An answer may be right in the
# former, which has no batch. After an id of pixels or rows, the details are left out.
EXPECTED = {
    "seed:next": ("other-number:seed", "-"),
    "seed:always-0": ("always:seed:0", "-"),
    "seed:always-42": ("always:seed:42", "-"),
    "seed:ignored": ("ignored:seed", "-"),
    "seed:halved": ("other-number:seed", "-"),
    "image:halved": ("weights:factor:0.5", "weights:factor:0.5"),
    "image:by-256": ("weights:factor:0.003906", "weights:factor:0.003906"),
    "image:negated": ("weights:factor:-1", "weights:factor:-1"),
    "image:shifted": ("added:pixels:-0.5,-0.5", "added:pixels:-0.5,-0.5"),
    "image:from-minus-1": (
        "weights:factor:2 added:pixels:-0.5,-0.5",
        "weights:factor:2 added:pixels:-0.5,-0.5",
    ),
    "image:channels-shifted": (
        "weights:factor-by-channel added:pixels:-0.4,-0.5",
        "weights:factor-by-channel added:pixels:-0.4,-0.5",
    ),
    "image:channel-first-doubled": ("weights:factor-by-channel", "weights:factor-by-channel"),
    "image:clipped": ("response:pixels-are-clipped", "response:pixels-are-clipped"),
    "image:clipped-to-255": (
        "response:negative-pixels-are-zero",
        "response:negative-pixels-are-zero",
    ),
    "image:clipped-around-0": ("response:bounded", "response:bounded"),
    "image:truncated": ("response:fractions-are-cut", "response:fractions-are-cut"),
    "image:floor": ("response:not-linear", "response:not-linear"),
    "image:rounded": ("response:fractions-are-rounded", "response:fractions-are-rounded"),
    "image:uint8": ("response:fractions-are-cut", "response:fractions-are-cut"),
    "image:fractions": ("response:only-fractions", "response:only-fractions"),
    "image:sign": ("response:only-signs", "response:only-signs"),
    "image:above-0": ("response:only-signs", "response:only-signs"),
    "image:above-half": ("response:few-values", "response:few-values"),
    "image:above-0.3": ("response:pixels-are-clipped", "response:pixels-are-clipped"),
    "image:abs": ("response:not-linear", "response:not-linear"),
    "image:square": ("response:not-linear", "response:not-linear"),
    "image:sqrt": ("response:negative-pixels-are-zero", "response:negative-pixels-are-zero"),
    "image:log": ("precision:not-finite", "precision:not-finite"),
    "image:log1p": ("response:not-linear", "response:not-linear"),
    "image:tanh": ("response:bounded", "response:not-linear"),
    "image:gamma": ("response:not-linear", "response:not-linear"),
    "image:255-if-large": ("response:depends-on-values", "response:depends-on-values"),
    "image:255-if-above-0": ("response:depends-on-values", "response:depends-on-values"),
    "image:ones-if-zeros": ("response:zeros-are-special", "response:zeros-are-special"),
    "image:float16": ("precision:11", "precision:11"),
    "image:bfloat16": ("precision:8", "precision:8"),
    "image:mean-of-all": ("response:mean-subtracted:image", "response:mean-subtracted:all"),
    "image:mean-of-each": ("response:mean-subtracted:image", "response:mean-subtracted:image"),
    "image:mean-of-channel": (
        "response:mean-subtracted:channel",
        "response:mean-subtracted:channel",
    ),
    "image:mean-of-batch": ("right", "curve:mean-subtracted:images:part"),
    "image:median": ("response:mean-subtracted:image", "response:mean-subtracted:all"),
    "image:smallest": ("response:moves-with-pixels:image", "response:moves-with-pixels:all"),
    "image:first-pixel": ("response:mean-subtracted:channel", "response:mean-subtracted:channel"),
    "image:0-to-1": (
        "response:mean-subtracted:image:scaled",
        "response:mean-subtracted:all:scaled",
    ),
    "image:standard": (
        "response:mean-subtracted:image:scaled",
        "response:mean-subtracted:all:scaled",
    ),
    "image:standard-of-channel": (
        "response:mean-subtracted:channel:scaled",
        "response:mean-subtracted:channels:scaled",
    ),
    "image:standard-large-epsilon": (
        "response:moves-with-pixels:image",
        "response:moves-with-pixels:image",
    ),
    "image:by-largest": ("response:scale-changes-nothing", "response:scale-changes-nothing"),
    "image:by-length": ("precision:not-finite", "precision:not-finite"),
    "image:rows-reversed": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "image:columns-reversed": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "image:channels-reversed": ("weights:reversed:channels", "weights:reversed:channels"),
    "image:transposed": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "image:reshaped": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "image:rolled": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "image:batch-reversed": ("right", "images:moved"),
    "image:first-of-batch": ("right", "images:first-everywhere"),
    "image:last-of-batch": ("right", "images:last-everywhere"),
    "image:sum-of-batch": ("right", "images:mixed"),
    "image:mean-channel": ("weights:same-for-each-channel", "weights:same-for-each-channel"),
    "image:first-channel": ("weights:other", "weights:other"),
    "image:blurred": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "image:row-lost": ("reads-other-pixels:3", "reads-other-pixels:4"),
    "image:largest-of-4": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "patch:mean": ("response:mean-subtracted:patch", "response:mean-subtracted:patch"),
    "patch:standard": (
        "response:mean-subtracted:patch:scaled",
        "response:mean-subtracted:patch:scaled",
    ),
    "patch:length": ("response:scale-changes-nothing", "response:scale-changes-nothing"),
    "patch:reversed": (
        "weights:reversed:rows,columns,channels",
        "weights:reversed:channels,rows,columns",
    ),
    "patch:permuted": ("weights:other-order", "weights:other-order"),
    "patch:by-columns": ("reads-other-pixels:1", "reads-other-pixels:2"),
    "patch:all-reversed": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "patch:first-everywhere": ("reads-other-pixels:1", "reads-other-pixels:2"),
    "patch:last-repeated": ("reads-other-pixels:5", "reads-other-pixels:6"),
    "patch:rolled": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "patch:flat-reshape": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "patch:number-repeated": ("weights:other", "weights:other"),
    "patch:sorted": ("response:not-linear", "response:not-linear"),
    "patch:largest-kept": ("response:not-linear", "response:not-linear"),
    "weights:tripled": ("weights:factor:3", "weights:factor:3"),
    "weights:by-root": ("weights:factor:0.4082", "weights:factor:0.4082"),
    "weights:nearly": ("weights:factor:1.01", "weights:factor:1.01"),
    "weights:zeros": ("constant:0", "ignored:x,w_proj"),
    "weights:ones": ("ignored:seed", "ignored:w_proj"),
    "weights:permuted": ("weights:other-order", "weights:other-order"),
    "weights:features-permuted": ("weights:features-moved", "weights:features-moved"),
    "weights:features-reversed": ("weights:features-moved", "weights:features-moved"),
    "weights:features-rolled": ("weights:features-moved", "weights:features-moved"),
    "weights:channels-last": (
        "weights:order:column,channel,row",
        "weights:order:column,channel,row",
    ),
    "weights:other-layout": ("weights:same-numbers", "weights:same-numbers"),
    "weights:unit-columns": ("weights:factor-by-feature:unit", "response:normalized:w_proj"),
    "weights:unit-rows": ("weights:factor-by-place", "response:normalized:w_proj"),
    "weights:other": ("ignored:seed", "ignored:w_proj"),
    "weights:signs": ("weights:signs", "weights:signs"),
    "weights:abs": ("weights:signs", "weights:signs"),
    "weights:rounded": ("weights:other", "response:not-linear:w_proj"),
    "weights:float16": ("weights:precision", "weights:precision"),
    "weights:bfloat16": ("weights:precision", "weights:precision"),
    "weights:some-lost": ("weights:other", "weights:other"),
    "weights:row-lost": ("weights:factor-by-place", "weights:factor-by-place"),
    "weights:column-lost": ("curve:mask", "curve:mask:part"),
    "weights:centred": ("response:mean-subtracted:patch", "response:mean-subtracted:patch"),
    "weights:mean-channel": ("weights:same-for-each-channel", "weights:same-for-each-channel"),
    "weights:by-channel": ("weights:factor-by-channel", "weights:factor-by-channel"),
    "weights:by-row": ("weights:factor-by-row", "weights:factor-by-row"),
    "weights:by-feature": ("weights:factor-by-feature", "weights:factor-by-feature"),
    "weights:by-place": ("weights:factor-by-place", "weights:factor-by-place"),
    "tokens:relu": ("curve:relu", "curve:relu:part"),
    "tokens:gelu": ("curve:gelu", "curve:gelu:part"),
    "tokens:tanh": ("curve:tanh", "curve:tanh:part"),
    "tokens:sigmoid": ("curve:sigmoid", "curve:sigmoid:part"),
    "tokens:tanh-of-half": ("response:bounded", "response:not-linear"),
    "tokens:nearly-linear": ("response:not-linear", "precision:8"),
    "tokens:layer-norm": ("curve:standardized:features", "curve:standardized:features:part"),
    "tokens:softmax": ("curve:softmax:features", "curve:softmax:features:part"),
    "tokens:centred": ("curve:mean-subtracted:tokens", "curve:mean-subtracted:tokens:part"),
    "tokens:dropout": ("curve:dropout", "curve:dropout:part"),
    "tokens:half-mask": ("curve:mask", "curve:mask:part"),
    "tokens:by-columns": ("reads-other-pixels:1", "reads-other-pixels:2"),
    "tokens:reversed": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "tokens:features-first": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "tokens:mean": ("curve:mean:tokens", "curve:mean:tokens:part"),
    "tokens:running-sum": ("reads-other-pixels:1", "reads-other-pixels:2"),
    "tokens:last-lost": ("curve:mask", "curve:mask:part"),
    "tokens:factors": ("weights:factor-by-patch", "weights:factor-by-patch"),
    "tokens:sorted": ("curve:sorted:tokens", "curve:sorted:tokens:part"),
    "tokens:bfloat16": ("precision:8", "precision:8"),
    "tokens:attention": ("reads-other-pixels:0", "reads-other-pixels:1"),
    "extra:constant": ("added:constant:0.1", "added:constant:0.1"),
    "extra:constant-to-patches": ("added:other", "added:constant-to-patches:0.1"),
    "extra:bias": ("added:vector", "added:vector"),
    "extra:noise": ("added:other", "added:other"),
    "extra:small-noise": ("added:other", "added:other"),
    "extra:sines": ("added:other", "added:other"),
    "extra:first-to-all": ("right", "added:rows:cls_token:1:cls_token"),
    "output:negated": ("weights:factor:-1", "weights:factor:-1 added:times:cls_token:-1"),
    "output:doubled": ("weights:factor:2", "weights:factor:2 added:times:cls_token:2"),
    "output:more-by-1": ("added:constant:1", "added:constant:1"),
    "output:abs": ("curve:abs", "curve:abs"),
    "output:relu": ("curve:relu", "curve:relu"),
    "output:layer-norm": ("curve:standardized:features", "curve:standardized:features"),
    "output:rounded": ("response:rounded:2", "response:rounded:2"),
    "output:patches-rounded": ("response:not-linear", "response:rounded:0"),
    "output:whole": ("curve:truncated", "curve:truncated"),
    "output:float16": ("precision:11", "precision:overflow"),
    "output:bfloat16": ("precision:8", "precision:8"),
    "output:noise-by-image": ("reads-other-pixels:0", "images:mixed"),
    "output:first-token-last": (
        "reads-other-pixels:0",
        "added:elsewhere:cls_token:6 reads-other-pixels:0",
    ),
    "output:first-token-in-the-middle": (
        "reads-other-pixels:0",
        "added:elsewhere:cls_token:3 reads-other-pixels:0",
    ),
    "output:tokens-rolled": (
        "reads-other-pixels:0",
        "added:elsewhere:cls_token:1 reads-other-pixels:0",
    ),
    "output:features-first": ("reads-other-pixels:0", "reads-other-pixels:0"),
    "output:images-last": ("right", "images:mixed"),
    "output:one-image": ("right", "images:first-everywhere"),
    "output:last-image-lost": ("right", "curve:mask"),
    "output:mean": ("curve:mean:all", "curve:mean:all"),
    "output:zeros": ("constant:0", "constant:0"),
    "output:three": ("constant:3", "constant:3"),
    "output:sorted": ("curve:sorted:features", "curve:sorted:features"),
    "output:running-sum": ("weights:other", "weights:other added:changed:cls_token"),
    "output:pairs-averaged": ("weights:other", "weights:other added:changed:cls_token"),
    "output:inverse": ("response:zeros-divide", "response:not-linear"),
    "output:nan": ("precision:not-finite", "precision:not-finite"),
    "cls:none": ("-", "ignored:cls_token"),
    "cls:doubled": ("-", "added:times:cls_token:2"),
    "cls:negated": ("-", "added:times:cls_token:-1"),
    "cls:normed": ("-", "response:normalized:cls_token"),
    "cls:reversed": ("-", "added:moved:cls_token"),
    "cls:tanh": ("-", "response:not-linear:cls_token"),
    "cls:truncated": ("-", "response:not-linear:cls_token"),
    "positions:none": ("-", "ignored:pos_embed"),
    "positions:doubled": ("-", "added:times:pos_embed:2"),
    "positions:shifted": ("-", "added:rows:pos_embed:0:pos_embed[6]"),
    "positions:reversed": ("-", "added:rows:pos_embed:0:pos_embed[6]"),
    "positions:by-image": ("-", "added:by-image:pos_embed"),
    "positions:first": ("-", "added:rows:pos_embed:1:pos_embed[0]"),
    "positions:sum": ("-", "added:rows:pos_embed:0:1_times_the_sum_of_7_rows_of_pos_embed"),
    "positions:not-for-cls": ("-", "added:rows:pos_embed:0:no_row_of_pos_embed"),
    "positions:not-for-last-image": ("-", "added:rows:pos_embed:0:no_row_of_pos_embed"),
    "positions:reshaped": ("-", "added:moved:pos_embed"),
    "positions:transposed-features": ("-", "added:moved:pos_embed"),
    "positions:normed": ("-", "response:normalized:pos_embed"),
    "positions:float16": ("-", "added:changed:pos_embed"),
}


@cache
def asked(problem_id: str) -> tuple[Mapping[str, Case], Mapping[str, Array]]:
    """The experiments, and the right answers to them."""
    cases = experiments(entries()[problem_id].problem)
    right = Student(problem_id)
    return cases, {name: right(*case.arguments) for name, case in cases.items()}


def found(
    problem_id: str, function: Callable[..., Array]
) -> tuple[tuple[Finding, ...], Reading | None, Measured]:
    cases, right = asked(problem_id)
    got = {name: function(*case.arguments) for name, case in cases.items()}
    measured = Measured(entries()[problem_id].problem, cases, right, got)
    return *find_causes(measured), measured


def check_truth(
    problem_id: str, function: Callable[..., Array], seed: int
) -> tuple[tuple[Finding, ...], Reading | None, Measured]:
    """What is found, which is true."""
    findings, reading, measured = found(problem_id, function)
    assert not (findings and measured.all_right)
    truth = Truth(entries()[problem_id].problem, Student(problem_id), function, seed)
    for finding in findings:
        assert truth.says_true(finding, reading), finding
    if not findings and not measured.all_right:
        # Then the student reads that each token reads the right pixels.
        assert reading is not None
        assert not reading.astray
        assert truth.reads_right(reading)
    return findings, reading, measured


@pytest.mark.parametrize("problem_id", PROBLEMS)
@pytest.mark.parametrize("fault", ALL)
def test_each_fault_is_found(problem_id: str, fault: str) -> None:
    expected = EXPECTED[fault][PROBLEMS.index(problem_id) == 0]
    if expected == "-":
        assert fault not in faults_of(problem_id)
        return
    student = Student(problem_id, (fault,))
    findings, reading, measured = check_truth(problem_id, student, seed=5)
    ids = [finding.id.replace(" ", "_") for finding in findings]
    if expected == RIGHT:
        assert ids == []
        assert measured.all_right
    else:
        assert len(ids) == len(expected.split())
        of_right = Truth(entries()[problem_id].problem, *[Student(problem_id)] * 2, seed=5)
        assert not any(of_right.says_true(finding, reading) for finding in findings)
        assert all(map(str.startswith, ids, expected.split())), ids


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_nothing_is_said_of_the_right_function(problem_id: str) -> None:
    findings, reading, measured = found(problem_id, Student(problem_id))
    assert measured.all_right
    assert findings == ()
    assert reading is not None
    assert not reading.astray


@st.composite
def students(draw: Any) -> Student:
    """Two or three faults, in different steps."""
    problem_id = draw(st.sampled_from(PROBLEMS))
    names = faults_of(problem_id)
    steps = draw(
        st.lists(
            st.sampled_from(sorted({ALL[n] for n in names})), min_size=2, max_size=3, unique=True
        )
    )
    faults = [draw(st.sampled_from([n for n in names if ALL[n] == step])) for step in steps]
    return Student(problem_id, tuple(faults))


@given(students(), st.integers(0, 2**32))
@examples(100)
def test_what_is_said_of_several_faults_is_true(student: Student, seed: int) -> None:
    check_truth(student.problem_id, student, seed)


@given(st.sampled_from(PROBLEMS), st.integers(0, 2**32), st.booleans(), st.booleans())
@examples(30)
def test_what_is_said_of_random_functions_is_true(
    problem_id: str, seed: int, bent: bool, some: bool
) -> None:
    """Affine ones of all arguments, with all weights or some, and nets of two layers."""
    check_truth(problem_id, RandomFunction(problem_id, seed, bent, some), seed)


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_the_experiments_have_one_shape(problem_id: str) -> None:
    """So that little is compiled for them."""
    cases = asked(problem_id)[0]
    assert CHANGES.keys() <= cases.keys()
    assert len(cases) < 100
    number = main_argument(entries()[problem_id].problem)
    shapes = {np.shape(case.arguments[number]) for case in cases.values()}
    assert len(shapes) == 1
    assert {case.arguments[number].dtype for case in cases.values()} == {np.dtype(np.float32)}
