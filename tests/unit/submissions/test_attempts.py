"""What names of files say about attempts."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.fuzzing import examples

from grader.submissions.attempts import Attempt, read_attempt, read_attempts

# How students, browsers, editors and learning systems write that a file is another one.
NUMBERED = ["{}-{n}", "{} ({n})", "{}({n})", "{}_v{n}", "{}-Copy{n}", "{} copy {n}", "v{n}_{}"]
NUMBERED += ["{}_version_{n}", "attempt{n}_{}", "{}_final{n}", "{} - Copy ({n})", "{}_{n}"]
DATED = ["{}_{d}", "{}-{d}", "{d}_{}", "{}_attempt_{d}", "{d} {}"]
PLAIN = ["Copy of {}", "{}_final", "{}_old", "new_{}", "{} copy", "{} - Kopie", "{}_backup"]
STEMS = st.from_regex(r"[a-z]{2,8}(_[a-z]{2,8}){0,2}", fullmatch=True).filter(
    lambda stem: read_attempt(stem) == Attempt(stem)
)


@given(st.sampled_from(NUMBERED), STEMS, st.integers(1, 999), st.integers(1, 999))
@examples(200)
def test_a_higher_number_is_newer(form: str, stem: str, one: int, other: int) -> None:
    assume(one < other)
    older, newer = (read_attempt(form.format(stem, n=n)) for n in (one, other))
    assert newer.is_newer(older)
    assert not older.is_newer(newer)
    assert newer.is_newer(newer) is None
    assert read_attempt(stem).is_newer(older) is False


@given(st.sampled_from(DATED), STEMS, st.datetimes().filter(lambda date: date.year >= 2000))
@examples(200)
def test_a_later_date_is_newer(form: str, stem: str, date: object) -> None:
    for pattern in ("%Y-%m-%d", "%Y%m%d", "%Y-%m-%d-%H-%M-%S", "%Y.%m.%d %H.%M"):
        text = f"{date:{pattern}}"
        read = read_attempt(form.format(stem, d=text))
        assert read.name == stem or not text.startswith("20")
        if text.startswith("20"):
            assert read.date.startswith(f"{date:%Y%m%d}")
            assert read.is_newer(Attempt(stem, "20000101000000")) is not False
            assert read.is_newer(Attempt(stem)) is None


@pytest.mark.parametrize("form", PLAIN)
def test_words_alone_are_no_part_of_the_name(form: str) -> None:
    assert read_attempt(form.format("patch_embed_cls")).name == "patch_embed_cls"


@pytest.mark.parametrize("stem", ["hw1", "lab2b", "patch_embed_cls", "vit_patch_embed", "résumé"])
def test_a_number_inside_a_word_is_no_mark(stem: str) -> None:
    assert read_attempt(stem) == Attempt(stem)


def test_a_problem_s_own_name_has_no_marks() -> None:
    assert read_attempt("lab_2", ["lab_2"]) == Attempt("lab_2")
    assert read_attempt("lab_2-1", ["lab_2"]) == Attempt("lab_2", numbers=(1,))


def test_folders_have_marks_too() -> None:
    assert read_attempts(["attempt 2", "src", "patch_v3"]) == Attempt("src/patch", numbers=(2, 3))


@given(st.text() | st.text("-_ .()v0123456789copyof", max_size=300))
@examples(300)
def test_any_name_is_read(name: str) -> None:
    assert len(read_attempt(name).name) <= 255
