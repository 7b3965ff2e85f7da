"""Matching: which student of a roster the names of a submission mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submissions import Identity
from grader.submissions.match_roster import LEVELS, Matcher, Names
from grader.submissions.roster import Student

ADA = Student("ada", "Ada Lovelace", "ada.l@example.org")
BO = Student("bo", "Bo Ek", "b.ek@example.org", number="102")
CY = Student("cy", "Young, Cy", other_ids=("S-3", "cyy"), number="103")
ZERO = Student("123", "Ann Zero")
CLASS = [ADA, BO, CY, ZERO]


def by(roster: list[Student], names: Names | str) -> tuple[str, str] | None:
    """The id and how it was found; None if nobody, or more than one, fits."""
    match = Matcher(roster).match(Names(names) if isinstance(names, str) else names)
    return (match.student.id, match.by) if match.student else None


LOGIN = "login or the part of the e-mail address before the @"


@pytest.mark.parametrize(
    ("name", "student", "how"),
    [
        ("ada", "ada", "id"),
        ("ADA", "ada", "id in other case"),
        ("ada.l@example.org", "ada", "e-mail address"),
        ("Ada.L@Example.ORG", "ada", "e-mail address"),
        ("Ada.L", "ada", LOGIN),
        ("ada.l@elsewhere.org", "ada", LOGIN),
        ("bo@elsewhere.org", "bo", LOGIN),
        ("S-3", "cy", LOGIN),
        ("CYY", "cy", LOGIN),
        ("102", "bo", "number in the learning system"),
        ("Ada Lovelace", "ada", "full name"),
        ("Lovelace, Ada", "ada", "full name"),
        ("\uff21da  lovelace", "ada", "full name"),
        ("lovelaceada", "ada", "full name"),
        ("adalovelace", "ada", "full name"),
        ("lovelaceada_98765", "ada", "full name"),
        ("Ada Lovelace_98765", "ada", "full name"),
        ("Cy Young", "cy", "full name"),
        ("00123", "123", "id without zeros before it"),
    ],
)
def test_whose_a_submission_is(name: str, student: str, how: str) -> None:
    assert by(CLASS, name) == (student, how)


@pytest.mark.parametrize(
    ("roster", "found"),
    [
        ("Łukasz Wałęsa", "walesalukasz"),
        ("José Núñez-Gil", "Nunez Gil, Jose"),
        ("Zoe\u0308 Mu\u0308ller", "Zoë Müller"),
        ("Jürgen Groß", "Juergen Gross"),
        ("Åse Ødegård", "odegardase"),
        ("van der Berg, Jan", "Jan van der Berg"),
        ("Ada Maria King Lovelace", "kinglovelaceadamaria"),
        ("Seán O'Brien", "obriensean"),
        ("Sean O\u2019Brien", "O'Brien, Sean"),
        ("李 娜", "李娜"),
        ("نور الهدى", "الهدى نور"),
        ("\u202eנגה לב\u202c", "נגה לב"),
        ("=1+1, Bo", "Bo =1+1"),
    ],
)
def test_accents_spacing_and_order_are_apart(roster: str, found: str) -> None:
    assert by([Student("x", roster), ADA], found) == ("x", "full name")
    assert by([Student("x", found), ADA], roster) == ("x", "full name")


@pytest.mark.parametrize(
    "name",
    ["lovelace", "x_1102", "102_x", "", "team_7", "lab_group_7", "any_102", "_102", "0", "@"],
)
def test_a_name_that_is_nobody_s(name: str) -> None:
    roster = [*CLASS, Student("7", "Gus", number="7")]
    assert by(roster, name) is None


@pytest.mark.parametrize(
    "name",
    ["0012_Ada_Lovelace", "Ada Lovelace (0012)", "0012 - Lovelace, Ada", "al12 ada lovelace"],
)
def test_an_id_and_the_full_name_together(name: str) -> None:
    roster = [Student("0012", "Ada Lovelace", other_ids=("al12",)), Student("0013", "Bo Ek")]
    assert by(roster, name) == ("0012", "id and full name")
    assert by(roster, name.replace("12", "13")) is None, "the id is another's"


def test_moodle_puts_a_group_before_the_name() -> None:
    def names(full_name: str) -> Names:
        return Names(f"{full_name}_9", Identity(number="9", full_name=full_name))

    roster = [Student("1", "Jean-Luc Roy"), Student("2", "Luc Roy"), Student("3", "Ada King")]
    assert by(roster, names("Group A-Ada King")) == ("3", "full name after the group's")
    assert by(roster, names("Lab-1-Ada King")) == ("3", "full name after the group's")
    assert by(roster, names("Jean-Luc Roy")) == ("1", "full name")
    assert by(roster, names("Group-King")) is None
    assert by(roster, "Group A-Ada King") is None, "no system gave this name"


def test_a_number_counts_only_if_the_source_says_that_it_is_one() -> None:
    assert by([BO], "any_102") is None
    assert by([BO], Names("any_102", Identity(number="102"))) == (
        "bo",
        "number in the learning system",
    )


def test_what_the_source_says_counts() -> None:
    assert by(CLASS, Names("x", Identity(login="ada"))) == ("ada", "id")
    assert by(CLASS, Names("x", Identity(email="b.ek@example.org"))) == ("bo", "e-mail address")
    assert by(CLASS, Names("x", Identity(full_name="Zero, Ann"))) == ("123", "full name")


def test_the_most_certain_way_counts() -> None:
    roster = [Student("7", "Kim"), Student("kim", "7"), Student("007", "Bo"), Student("b", "kim")]
    assert by(roster, "7") == ("7", "id")
    assert by(roster, "kim") == ("kim", "id")
    assert by(roster, "Kim") == ("kim", "id in other case")
    assert by(roster, "007") == ("007", "id")
    assert by(roster, "07") is None, "7 and 007 both fit"


def test_a_name_of_several_is_nobody_s_unless_something_else_decides() -> None:
    two = [
        Student("1", "Kim Lee"),
        Student("2", "Kim Lee"),
        Student("3", "José"),
        Student("4", "Jose"),
    ]
    match = Matcher(two).match(Names("Kim Lee"))
    assert (match.student, match.students, match.by) == (None, (two[0], two[1]), "full name")
    assert by(two, Names("Kim Lee", Identity(login="02"))) == ("2", "id without zeros before it")
    assert by(two, "josé") == ("3", "full name")
    assert by(two, "JOSE") == ("4", "full name")
    cases = [Student("ada"), Student("ADA"), Student("Ada")]
    assert [by(cases, name) for name in ("ada", "ADA", "aDA")] == [
        ("ada", "id"),
        ("ADA", "id"),
        None,
    ]


WORDS = st.sampled_from(
    ["ada", "Ada", "0ada", "7", "007", "bo", "Bo Ek", "Ek, Bo", "ekbo", "é", "e"]
)
EMAILS = st.sampled_from(["", "ada@x", "ada@y", "bo@x"])
STUDENTS = st.builds(
    Student, WORDS, WORDS | st.just(""), EMAILS, other_ids=st.tuples(WORDS), number=WORDS
)
ROSTERS = st.lists(STUDENTS, max_size=5, unique_by=lambda student: student.id)
NAMES = st.builds(
    Names,
    WORDS | st.text(max_size=5),
    st.builds(Identity, WORDS | st.just(""), EMAILS, WORDS | st.just(""), WORDS | st.just("")),
)


@given(ROSTERS, NAMES)
def test_a_match_is_the_only_one_at_its_level_and_ids_come_first(
    roster: list[Student], names: Names
) -> None:
    match = Matcher(roster).match(names)
    fitting = [
        {s.id for s in roster if set(level.of_student(s)) & set(level.of_names(names))}
        for level in LEVELS
    ]
    first = next(filter(None, fitting), set())
    assert {student.id for student in match.students} <= first
    assert bool(match.students) == bool(match.by) == bool(first)
    if len(first) == 1:
        assert match.student is not None
    if match.student:
        assert match.student.id in first
    # The order of the roster decides nothing.
    turned = Matcher(roster[::-1]).match(names)
    assert {one.id for one in turned.students} == {one.id for one in match.students}


@given(st.text(), st.text())
def test_any_text_is_compared(one: str, other: str) -> None:
    match = Matcher([Student(one or "x", one, one)]).match(Names(other, Identity(other, other)))
    assert match.by or not match.students
    assert Matcher([Student("x", one)]).match(Names("x")).by == "id"
