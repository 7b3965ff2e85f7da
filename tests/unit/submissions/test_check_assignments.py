"""The numbers of --canvas against the gradebook that is the roster."""

from __future__ import annotations

import pytest

from grader.common.errors import UsageError
from grader.submissions.canvas_columns import CanvasColumn
from grader.submissions.check_assignments import check_assignments
from grader.submissions.read_roster import Roster, parse_roster

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Notes (2),Homework 1 (12345),HW 2 (b) (12346)"
GRADEBOOK = f"""\
{HEADER},Current Score,Imported (99)
,,,,,,,Manual Posting,(read only),
    Points Possible,,,,,,"1,000.5",20,(read only),(read only)
"Lovelace, Ada",101,S-1,ada,One,,17,3,85,1
"""
POINTS = {"cls": 20, "vit": 20}


def roster(text: str = GRADEBOOK) -> Roster:
    return parse_roster(text.encode())


def test_the_assignments_of_a_gradebook() -> None:
    assert roster().canvas_columns == (
        CanvasColumn(2, "Notes", None),
        CanvasColumn(12345, "Homework 1", 1000.5),
        CanvasColumn(12346, "HW 2 (b)", 20.0),
    )
    assert [column.header for column in roster().canvas_columns] == HEADER.split(",")[5:]


@pytest.mark.parametrize(
    ("cell", "points"),
    [("10", 10), ("10,5", 10.5), ("10.5", 10.5), ("", None), ("zehn", None), ("1.234,00", 1234)],
)
def test_points_in_the_language_of_the_course(cell: str, points: float | None) -> None:
    text = f"Student;ID;Section;HW (7)\nPoints Possible;;;{cell}\nAda;1;One;\n"
    assert [column.points for column in roster(text).canvas_columns] == [points]


def test_a_gradebook_without_the_row_of_points() -> None:
    text = "Student,ID,Section,HW (7)\nAda,1,One,3\n"
    assert roster(text).canvas_columns == (CanvasColumn(7, "HW", None),)


def test_a_list_that_is_no_gradebook_has_no_assignments() -> None:
    plain = roster("id,name,HW (7)\nada,Ada,1\n")
    assert plain.canvas_columns == ()
    assert check_assignments(plain, {}, POINTS) == []
    (sentence,) = check_assignments(plain, {"cls": 7}, POINTS)
    assert "not checked" in sentence
    assert "canvas.csv has no students" in sentence


def test_a_gradebook_cut_down_to_its_students_is_not_checked() -> None:
    (sentence,) = check_assignments(roster("Student,ID,Section\nAda,1,One\n"), {"cls": 7}, POINTS)
    assert "not checked" in sentence
    assert "no students" not in sentence


def test_a_number_that_is_not_there() -> None:
    with pytest.raises(UsageError) as error:
        check_assignments(roster(), {"cls": 12366}, POINTS)
    assert str(error.value).splitlines() == [
        "--canvas cls=12366: the roster has no assignment of this number. It has",
        "  12346  HW 2 (b)",
        "  12345  Homework 1",
        "  2  Notes",
    ]


def test_a_long_list_is_cut() -> None:
    every = Roster(canvas_columns=tuple(CanvasColumn(n, "HW") for n in range(100, 130)))
    with pytest.raises(UsageError, match=r"  and 20 more$"):
        check_assignments(every, {"cls": 1}, POINTS)


def test_one_number_for_two_problems() -> None:
    for some in (roster(), Roster()):
        with pytest.raises(UsageError, match="cls and vit both have the number 12345"):
            check_assignments(some, {"cls": 12345, "vit": 12345}, POINTS)


def test_points_that_differ() -> None:
    assert check_assignments(roster(), {"vit": 12346}, POINTS) == []
    assert check_assignments(roster(), {"vit": 2}, POINTS) == []
    (sentence,) = check_assignments(roster(), {"vit": 12346, "cls": 12345}, POINTS)
    assert sentence.startswith(
        "cls has 20 points here and 1000.5 in Canvas (Homework 1): Canvas shows 20/1000.5."
    )
