"""Finding the student whom a person means, and the nearest if it is a typo."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submissions.find_student import find_student, no_student
from grader.submissions.roster import Student

ADA = Student("ada", "Ada Lovelace", "ada.l@example.org")
BO = Student("bo", "Müller, Bo", "b.m@example.org", number="102")
CY = Student("s-3", "Cy Young", other_ids=("cyy",))
TWO = Student("s-4", "Ann Young")
CLASS = [ADA, BO, CY, TWO]


@pytest.mark.parametrize(
    ("text", "student"),
    [
        ("ada", ADA),
        ("ADA", ADA),
        ("ada.l@example.org", ADA),
        ("Ada.L", ADA),
        ("102", BO),
        ("cyy", CY),
        ("Lovelace, Ada", ADA),
        ("ada lovelace", ADA),
        ("Bo Muller", BO),
        ("Mueller", BO),
        ("müller", BO),
        ("Lovelace", ADA),
        ("Ann", TWO),
        ("group-7", CY),
    ],
)
def test_whom_a_text_means(text: str, student: Student) -> None:
    assert find_student(text, CLASS, {"group-7": "s-3", "gone": "nobody"}) is student


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Young", [CY, TWO]),
        ("adda", [ADA]),
        ("Lovelaec", [ADA]),
        ("Lovel", [ADA]),
        ("s-33", [CY, TWO]),
        ("muler", [BO]),
        ("zzzzzz", []),
        ("", []),
        ("  ", []),
    ],
)
def test_whom_a_text_may_mean(text: str, near: list[Student]) -> None:
    assert find_student(text, CLASS) == near


def test_not_more_than_the_nearest_three() -> None:
    found = find_student("s10", [Student(f"s10{n}") for n in range(9)])
    assert isinstance(found, list)
    assert len(found) == 3


def test_what_is_said_about_a_typo() -> None:
    sentence = "'Adda' is not the id, name, e-mail address or number of one student."
    assert no_student("Adda", []) == sentence
    assert no_student("Adda", [ADA]) == f"{sentence} Did you mean ada (Ada Lovelace)?"
    assert no_student("Adda", [ADA, CY, Student("x")]) == (
        f"{sentence} Did you mean ada (Ada Lovelace), s-3 (Cy Young) or x?"
    )
    assert no_student("s", [Student(f"s{n}") for n in range(12)]).endswith("s8, s9 or 2 more?")
    assert "\x1b" not in no_student("\x1b[2J", [Student("\x1b", "\x1b")])


@given(
    st.text(max_size=12),
    st.lists(
        st.builds(Student, st.text(min_size=1, max_size=8), st.text(max_size=12)),
        max_size=6,
        unique_by=lambda student: student.id,
    ),
)
def test_any_text_finds_students_of_the_class(text: str, students: list[Student]) -> None:
    found = find_student(text, students)
    near = found if isinstance(found, list) else [found]
    assert all(any(one is student for student in students) for one in near)
    if text in {student.id for student in students} and text.strip():
        assert [one.id for one in near] == [text]
