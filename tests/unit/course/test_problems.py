"""Both problems: their cases show what their groups promise, and their references are right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.course import PROBLEMS, entries
from support.fuzzing import examples

from grader.common.errors import CourseError
from grader.course import Case
from grader.course.catalogue import Course, Entry, load_course
from grader.course.draw import draw_cases, fresh_seed
from grader.oracle.reference import Reference

SIZES = {"patch_embed_cls": (1, 3, 224, 224), "vit_patch_embed": (224, 224, 3)}


def geometry(case: Case) -> tuple[int, int, int, int, int]:
    """Height, width, channels, patch size and features of a case of either problem."""
    if len(case.arguments) == 5:
        x, w_proj, _, _, p = case.arguments
        _, channels, height, width = x.shape  # type: ignore[union-attr]
        return height, width, channels, int(p), w_proj.shape[1]  # type: ignore
    _, image, p, d_model = case.arguments
    return *image.shape, int(p), int(d_model)  # type: ignore


def test_the_course_has_both_problems(course: Course) -> None:
    assert sorted(course.entries) == sorted(PROBLEMS)
    with pytest.raises(CourseError, match="Problems here: patch_embed_cls, vit_patch_embed"):
        course.get("vit")


@pytest.mark.parametrize("problem_id", PROBLEMS)
@given(seed=st.integers(0, 2**53))
@examples(10)
def test_the_same_seed_draws_the_same_bits(problem_id: str, seed: int) -> None:
    first, again = (draw_cases(entries()[problem_id], seed) for _ in range(2))
    other = draw_cases(entries()[problem_id], seed + 1)
    assert [as_bytes(case) for case in first] == [as_bytes(case) for case in again]
    assert all(as_bytes(a) != as_bytes(b) for a, b in zip(first, other, strict=True) if a.terms)


def as_bytes(case: Case) -> tuple[Any, ...]:
    arguments = [
        (a.shape, a.tobytes()) if isinstance(a, np.ndarray) else repr(a) for a in case.arguments
    ]
    return case.group, case.arrays, *arguments


@pytest.mark.parametrize("problem_id", PROBLEMS)
@given(seed=st.integers(0, 2**53))
@examples(25)
def test_each_group_shows_what_it_says(problem_id: str, seed: int) -> None:
    by_group: dict[str, list[Case]] = {}
    for case in draw_cases(entries()[problem_id], seed):
        by_group.setdefault(case.group, []).append(case)
        height, width, channels, p, _ = geometry(case)
        assert (height % p, width % p) == (0, 0)
        assert case.terms == channels * p * p
        arrays = [a for a in case.arguments if isinstance(a, np.ndarray)]
        assert all(a.dtype == np.float32 and np.isfinite(a).all() for a in arrays)

    def of(group: str) -> tuple[int, int, int, int, int]:
        return geometry(by_group[group][0])

    def grid(group: str) -> tuple[int, int]:
        height, width, _, p, _ = of(group)
        return height // p, width // p

    rows, columns = grid("square")
    assert rows == columns > 1
    rows, columns = grid("tall")
    assert rows > columns > 1
    rows, columns = grid("wide")
    assert columns > rows > 1
    assert of("wide")[4] == by_group["wide"][0].terms
    assert grid("one_row")[0] == 1 < grid("one_row")[1]
    assert grid("one_column")[1] == 1 < grid("one_column")[0]
    assert grid("single_patch") == (1, 1)
    assert of("pixel_patches")[3] == 1
    flat, upright = (geometry(case) for case in by_group["axis_of_three"])
    assert flat[0] == upright[1] == 3 < min(flat[1], upright[0])
    assert flat[2] > 3 < upright[2]
    rows, columns = grid("many_patches")
    assert rows * columns > 1024
    _, width, channels, p, d_model = of("large_patches")
    assert (p, d_model) == (49, 1)
    assert width > 256 > channels > 8
    assert of("pixel_patches")[2] == of("pixel_patches")[4]
    # Sides of one pixel.
    row, column, single = (
        geometry(by_group[group][1]) for group in ("one_row", "one_column", "single_patch")
    )
    assert row[0] == column[1] == single[0] == single[1] == 1
    assert row[3] == column[3] == single[3] == 1
    base = by_group["vit_base"][0]
    assert base.arguments[problem_id == "vit_patch_embed"].shape == SIZES[problem_id]  # type: ignore
    assert of("vit_base")[3:] == (16, 768)


@given(seed=st.integers(0, 2**53))
@examples(25)
def test_keys_of_all_sizes_and_arguments_of_all_types(seed: int) -> None:
    cases = draw_cases(entries()["vit_patch_embed"], seed)
    keys = [int(case.arguments[0]) for case in cases if case.group == "seeds"]  # type: ignore
    assert 0 in keys
    assert any(0 < key < 10 for key in keys)
    assert any(2**16 < key < 2**31 - 2**10 for key in keys)
    assert any(2**31 - 2**10 <= key < 2**31 for key in keys)
    types = [case for case in cases if case.group == "argument_types"]
    assert {case.arrays for case in types} == {"numpy", "jax", "read-only"}
    assert {type(case.arguments[2]) for case in types} >= {int, float, np.int64}


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_a_case_made_before_comes_again(problem_id: str) -> None:
    cases = draw_cases(entries()[problem_id], 5)
    seen = [as_bytes(case)[2:] for case in cases]
    again = [as_bytes(case)[2:] for case in cases if case.group == "repeats"]
    assert seen.index(again[-1]) == 0
    assert len(again) - len(set(again)) == 1


def test_fresh_seeds_differ_and_survive_json_readers() -> None:
    seeds = {fresh_seed() for _ in range(50)}
    assert len(seeds) == 50
    assert all(float(seed) == seed for seed in seeds)


def broken(tmp_path: Path, problem: str, reference: str | None = None) -> Path:
    folder = tmp_path / "problems" / "p"
    folder.mkdir(parents=True)
    (folder / "problem.py").write_text(problem)
    if reference is not None:
        (tmp_path / "solutions" / "p").mkdir(parents=True)
        (tmp_path / "solutions" / "p" / "reference.py").write_text(reference)
    return tmp_path


GOOD = """
import numpy as np
from grader.course import Case, Group, Problem
def draw(shapes, values):
    yield Case("a", (np.ones(3, np.float32),), 1)
PROBLEM = Problem("t", "f", ("x",), "an array", {"a": Group("a")}, draw)
"""


@pytest.mark.parametrize(
    ("problem", "message"),
    [
        ("x = 1", "does not define `PROBLEM"),
        ("import no_such_module", "does not load: ModuleNotFoundError"),
        ("def f(:", "does not load: SyntaxError"),
    ],
)
def test_a_broken_problem_is_the_course_s_error(tmp_path: Path, problem: str, message: str) -> None:
    course = load_course(broken(tmp_path, problem))
    with pytest.raises(CourseError, match=message):
        course.get("p")


def test_a_broken_problem_stops_no_other(tmp_path: Path) -> None:
    broken(tmp_path, "x = 1")
    (tmp_path / "problems" / "q").mkdir()
    (tmp_path / "problems" / "q" / "problem.py").write_text(GOOD)
    assert list(load_course(tmp_path).entries) == ["q"]


def test_an_empty_course_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "problems").mkdir()
    with pytest.raises(CourseError, match="holds no problem"):
        load_course(tmp_path)


def test_a_group_that_is_never_drawn_is_the_course_s_error(tmp_path: Path) -> None:
    text = GOOD.replace('{"a": Group("a")}', '{"a": Group("a"), "b": Group("b")}')
    entry = load_course(broken(tmp_path, text)).get("p")
    with pytest.raises(CourseError, match="differ in: b"):
        draw_cases(entry, 0)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("def g(x): return x", "defines no `f`"),
        ("def f(x): return 1 / 0", "raised ZeroDivisionError on a case of group a"),
        ("def f(x): return x * float('nan')", "not finite"),
        ("def f(x): return x.astype('float32')", "gave float32"),
        (None, "is missing"),
    ],
)
def test_a_broken_reference_is_the_course_s_error(
    tmp_path: Path, reference: str | None, message: str
) -> None:
    entry: Entry = load_course(broken(tmp_path, GOOD, reference)).get("p")
    with pytest.raises(CourseError, match=message):
        Reference().expected(entry, draw_cases(entry, 0))
