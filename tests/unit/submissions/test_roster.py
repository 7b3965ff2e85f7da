"""The roster: who is in the class, whose a submission is, and the plan of a run."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.common.errors import RosterError
from grader.report.run import GradedProblem
from grader.submissions import NotUnderstood, Submission
from grader.submissions.roster import Student, join, match, parse_roster, read_roster
from grader.writers.plan import print_plan
from grader.writers.terminal import Terminal

ADA = Student("ada", "Ada Lovelace", "ada.l@example.org")
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Week 1 (77),Final Score
,,,,,Manual Posting,(read only)
    Points Possible,,,,,20,
"Lovelace, Ada",101,S-1,ada@example.org,One,17,85
"=cmd|' /C calc'!A0, Bo",102,S-2,,One and Two,,
"Student, Test",103,,1234abcd,One,,
"""


def roster(text: str) -> list[Student]:
    return parse_roster(text.encode())


def refused(data: bytes) -> str:
    with pytest.raises(RosterError) as error:
        parse_roster(data)
    return str(error.value)


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "id,name,email\nada,Ada Lovelace,ada.l@example.org\n",
        "ID;Name;E-Mail\r\nada;Ada Lovelace;ada.l@example.org\r\n",
        "Email\tUsername\tFirst name\tLast name\nada.l@example.org\tada\tAda\tLovelace\n",
        '\n\nlogin,"Full Name",section,e_mail\n,,,\nada , Ada Lovelace,3,ada.l@example.org\n',
        "Student,Email,ID\nAda Lovelace,ada.l@example.org,ada",
        "first_name,last_name,email,id\nAda,Lovelace,ada.l@example.org,ada",
    ],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_roster_in_any_of_the_usual_forms(text: str, mark: bytes) -> None:
    assert parse_roster(mark + text.encode()) == [ADA]


def test_a_roster_of_ids_alone() -> None:
    assert roster("student\nada\nbo\n") == [Student("ada"), Student("bo")]
    assert roster("id,name\nada\n") == [Student("ada")]


def test_a_gradebook_of_canvas() -> None:
    ada, bo = roster(CANVAS)
    assert (ada.id, ada.name) == ("ada@example.org", "Lovelace, Ada")
    assert ada.canvas == {
        "Student": "Lovelace, Ada",
        "ID": "101",
        "SIS User ID": "S-1",
        "SIS Login ID": "ada@example.org",
        "Section": "One",
    }
    assert (bo.id, bo.name) == ("102", "=cmd|' /C calc'!A0, Bo")


def test_a_gradebook_without_the_columns_of_sis() -> None:
    (ada,) = roster("Student,ID,Section,Week 1 (77)\nPoints Possible,,,20\nAda,101,One,3\n")
    assert (ada.id, set(ada.canvas)) == ("101", {"Student", "ID", "Section"})


def test_a_student_without_ids_is_no_row_about_points() -> None:
    assert "line 3: the id is empty" in refused(b"Student,ID,Section\nAda,101,1\nBo,,1\n")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "line 1: no header"),
        (b"ada,Ada\nbo,Bo\n", "line 1: no header"),
        (b"name,email\nAda,a@b\n", "line 1: no column is called id"),
        (b"id,name\n", "line 1: no student below the header"),
        (b"id,name\nada,Ada\n,Bo\n", "line 3: the id is empty"),
        (b"id\nada\nbo\n\nada\n", "lines 2 and 5: both have the id ada"),
        (b"id,name\nada,Lovelace, Ada\n", "line 2: it has 3 cells, and the header 2"),
        (b'id,name\nada,"Ada\nbo,Bo\n', "line 3: unexpected end of data. Check the quotes"),
        (b"id,name\nada,Ren\xe9e\n", 'line 2: not UTF-8. Save it as "CSV UTF-8"'),
        ("id\nada".encode("utf-16"), "line 1: not UTF-8"),
        (b"id\n" + b"a" * (10 * 2**20), "more than 10 MiB"),
        (b"id\n" + b"a" * 2**18, "line 2: field larger than field limit"),
    ],
)
def test_what_is_wrong_with_a_roster_is_said(data: bytes, why: str) -> None:
    assert why in refused(data)


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    with pytest.raises(RosterError, match=r"class\.csv could not be read: No such file"):
        read_roster(path)
    path.write_text("id\nada\nada\n")
    with pytest.raises(RosterError, match=r"The roster .*class\.csv, lines 2 and 3: both"):
        read_roster(path)
    path.write_text("id\nada\n")
    assert read_roster(path) == [Student("ada")]


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)
PEOPLE = st.lists(
    st.builds(Student, TEXT.map(str.strip).filter(bool), TEXT.map(str.strip), TEXT.map(str.strip)),
    min_size=1,
    max_size=5,
    unique_by=lambda student: student.id,
)


@given(PEOPLE, st.sampled_from(",;\t"))
def test_what_a_spreadsheet_writes_is_read_again(people: list[Student], delimiter: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(("id", "name", "email"))
    writer.writerows((one.id, one.name, one.email) for one in people)
    assert roster(text.getvalue()) == people


@given(st.binary(max_size=60) | st.text(st.sampled_from('id,;"\n\r\tname'), max_size=60))
def test_any_bytes_are_a_roster_or_refused(data: bytes | str) -> None:
    try:
        students = parse_roster(data if isinstance(data, bytes) else data.encode())
    except RosterError:
        return
    assert len({student.id for student in students}) == len(students) > 0
    assert all(student.id for student in students)


# --- matching -------------------------------------------------------------------------------------

BO = Student("bo", "Bo Ek", "b.ek@example.org", {"Student": "Ek, Bo", "ID": "102"})
CY = Student("cy", "Cy Young", canvas={"ID": "103", "SIS User ID": "S-3", "SIS Login ID": "cyy"})


@pytest.mark.parametrize(
    ("name", "student"),
    [
        *(("ada", ADA), ("ADA", ADA), ("ada.l@example.org", ADA), ("Ada.L", ADA)),
        *(("ada  lovelace", ADA), ("\uff21da Lovelace", ADA), ("Ek, Bo", BO)),
        *(("102", BO), ("ekbo_102", BO), ("any_one_102", BO), ("b.ek", BO)),
        *(("S-3", CY), ("cyy", CY)),
    ],
)
def test_whose_a_submission_is(name: str, student: Student) -> None:
    assert match([ADA, BO, CY], [name]) == {name: student}


@pytest.mark.parametrize("name", ["lovelace", "x_1102", "102_x", "", "anon_102x", "_102", "One"])
def test_a_name_that_is_nobody_s(name: str) -> None:
    assert match([ADA, BO, CY, Student("x", canvas={"Section": "One"})], [name]) == {}


def test_a_name_of_two_is_nobody_s_but_an_id_is_its_own() -> None:
    two = [Student("1", "Kim"), Student("2", "Kim"), Student("3", "ada"), ADA, Student("d_102"), BO]
    matched = match(two, ["Kim", "kim", "ada", "ADA", "d_102", "D_102"])
    assert matched == {"ada": ADA, "d_102": Student("d_102")}


def submission(student: str, problem: str = "p", *notes: str) -> Submission:
    return Submission(student, Path("class") / student / f"{problem}.py", problem, notes)


def test_everyone_is_there_once() -> None:
    handed_in = [
        submission("ekbo_102"),
        submission("zoe"),
        submission("ada", "q"),
        submission("ed"),
    ]
    joined, everyone = join([CY, BO, ADA], handed_in)
    assert [one.student for one in joined] == ["bo", "zoe", "ada", "ed"]
    assert [one.path for one in joined] == [one.path for one in handed_in]
    assert everyone == [CY, BO, ADA, Student("ed"), Student("zoe")]
    assert join([], handed_in)[1] == [Student(name) for name in ("ada", "ed", "ekbo_102", "zoe")]


def test_one_student_under_two_names_is_one() -> None:
    joined, everyone = join([BO], [submission("ekbo_102", "p"), submission("Bo Ek", "q")])
    assert [one.student for one in joined] == ["bo", "bo"]
    assert everyone == [BO]


def test_nobody_gets_two_submissions_for_one_problem() -> None:
    joined, everyone = join([BO], [submission("ekbo_102"), submission("bo"), submission("Bo Ek")])
    assert [one.student for one in joined] == ["ekbo_102", "bo", "Bo Ek"]
    assert everyone == [BO, Student("Bo Ek"), Student("ekbo_102")]
    assert joined[0].notes == (
        "Bo Ek and bo and ekbo_102 are both bo in the roster: each is marked under its own name.",
    )


@given(
    PEOPLE,
    st.lists(st.tuples(st.sampled_from("pq"), TEXT | st.sampled_from("abAB")), unique=True),
)
def test_whatever_they_are_called_each_is_one_student_s(
    people: list[Student], found: list[tuple[str, str]]
) -> None:
    joined, everyone = join(people, [submission(name, problem) for problem, name in found])
    keys = [(one.student, one.problem_id) for one in joined]
    assert len(set(keys)) == len(keys) == len(found)
    assert everyone[: len(people)] == people
    ids = [student.id for student in everyone]
    assert len(set(ids)) == len(ids)
    assert {one.student for one in joined} <= set(ids)


# --- the plan -------------------------------------------------------------------------------------


def plan(
    capsys: pytest.CaptureFixture[str],
    students: list[Student],
    submissions: list[Submission],
    others: list[NotUnderstood],
) -> list[str]:
    problems = [GradedProblem("p", "P", 20), GradedProblem("q", "Q", 20)]
    print_plan(Terminal(), students, problems, submissions, others)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_plan_says_what_was_found_for_whom(capsys: pytest.CaptureFixture[str]) -> None:
    note = "ada/p.py is for this problem too and was not graded: ada/p.ipynb is newer."
    lines = plan(
        capsys,
        [ADA, BO],
        [submission("ada", "p", note)],
        [NotUnderstood(Path("ada/p.py"), note), NotUnderstood(Path("x.zip"), "no file")],
    )
    assert lines[0].split() == ["student", "p", "q"]
    assert lines[2:] == [
        "ada (Ada Lovelace)  ada/p.py  nothing",
        f"  {note}",
        "bo (Bo Ek)          nothing   nothing",
        "",
        "Not understood: x.zip: no file",
        "",
        "Students: 2, of whom 1 handed in nothing. Submissions: 1 (p 1, q 0). Not understood: 1.",
    ]


def test_names_in_a_plan_stay_in_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b[2J\nada" + "漢" * 60 + "[red]z"
    students = [Student(evil, evil), Student("bo")]
    lines = plan(
        capsys,
        students,
        [submission(evil, "p", f"note {evil}"), submission("bo", "q")],
        [NotUnderstood(Path(evil), evil)],
    )
    assert len(lines) == 11  # the note is wrapped
    assert "\x1b" not in "".join(lines)
    assert lines[-1].startswith("Students: 2, of whom 0 handed in nothing. Submissions: 2")
