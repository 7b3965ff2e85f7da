"""Reading a roster: its bytes, its columns, and its students."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.common.errors import RosterError
from grader.submissions.read_roster import Roster, parse_roster, read_roster
from grader.submissions.roster import Student
from grader.submissions.roster_table import decode

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
    return [*parse_roster(text.encode()).students]


def refused(data: bytes) -> str:
    with pytest.raises(RosterError) as error:
        parse_roster(data)
    return str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "id,name,email\nada,Ada Lovelace,ada.l@example.org\n",
        "ID;Name;E-Mail\r\nada;Ada Lovelace;ada.l@example.org\r\n",
        "Email\tUsername\tFirst name\tLast name\nada.l@example.org\tada\tAda\tLovelace\n",
        '\n\nlogin,"Full Name",section,e_mail\n,,,\nada , Ada Lovelace,3,ada.l@example.org\n',
        "Student,Email,ID\nAda Lovelace,ada.l@example.org,ada",
        "first_name,last_name,email,id\nAda,Lovelace,ada.l@example.org,ada",
        "sep=;\r\nid;name;email\r\nada;Ada Lovelace;ada.l@example.org\r\n",
        '"sep=|"\nid|name|email\nada|Ada Lovelace|ada.l@example.org\n',
        "id,name,email,,\nada,Ada Lovelace,ada.l@example.org,,,,\n",
        "Class list\n\nSpring, Students of 1a;;\nid;name;email\nada;Ada Lovelace;ada.l@example.org",
        "id,id,name,email\n,ada,Ada Lovelace,ada.l@example.org\n",
        "id,name,name,email\nada,,Ada Lovelace,ada.l@example.org\n",
        'id,name,email\n"ada","Ada Lovelace","ada.l@example.org"\n\n , ,\nTotal,,\n',
        # What people call the columns.
        "Anmeldename;Nachname;Vorname;E-Mail-Adresse\nada;Lovelace;Ada;ada.l@example.org",
        "MATRIKELNUMMER;Name;Vorname;E-Mail\nada;Lovelace;Ada;ada.l@example.org",
        "Matr.-Nr.;Vollständiger Name;Mail\nada;Ada Lovelace;ada.l@example.org",
        "Nom;Prénom;Adresse de courriel;Numéro d'étudiant\nLovelace;Ada;ada.l@example.org;ada",
        "Nom complet;Courriel;Identifiant\nAda Lovelace;ada.l@example.org;ada",
        "Apellidos;Nombre;Correo electrónico;Número de ID\nLovelace;Ada;ada.l@example.org;ada",
        "apellido(s),nombre,correo electronico,matricula\nLovelace,Ada,ada.l@example.org,ada",
        "Matrícula,Nombre completo,Dirección de correo\nada,Ada Lovelace,ada.l@example.org",
        # What systems call them.
        "First Name,Last Name,SID,Email,Sections\nAda,Lovelace,ada,ada.l@example.org,A",
        "OrgDefinedId,Last Name,First Name,Email,HW Points Grade,End-of-Line Indicator\n"
        "#ada,Lovelace,Ada,ada.l@example.org,,#",
        "First name,Surname,ID number,Institution,Email address,Last downloaded\n"
        "Ada,Lovelace,ada,,ada.l@example.org,1764000000",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_roster_in_any_of_the_usual_forms(text: str, encoding: str) -> None:
    assert [*parse_roster(text.encode(encoding)).students] == [ADA]


def test_the_columns_of_github_blackboard_and_moodle_s_worksheet() -> None:
    assert roster('"identifier","github_username","github_id","name"\n"s1","adal","7",""\n') == [
        Student("s1", other_ids=("adal",), number="7")
    ]
    assert roster("Last Name\tFirst Name\tUsername\tStudent ID\nNovak\tB\tbnovak\t12\n") == [
        Student("12", "B Novak", other_ids=("bnovak",))
    ]
    worksheet = "Identifier,Full name,Email address,Status\nParticipant 31,Ada L,a@x.edu,-\n"
    assert roster(worksheet) == [Student("a@x.edu", "Ada L", "a@x.edu", number="31")]
    german = "ID;Vollständiger Name;E-Mail-Adresse\nTeilnehmer/in31;Ada L;a@x.edu\n"
    assert roster(german) == roster(worksheet)


def test_a_roster_of_ids_alone() -> None:
    assert roster("student\nada\nbo\n") == [Student("ada"), Student("bo")]
    assert roster("id,name\nada\n") == [Student("ada")]


def test_who_has_no_id_has_the_next_best_row_by_row() -> None:
    read = parse_roster(
        b"name,id,login,email\nAda,1,al,a@x\nBo,,bo,b@x\nCy,,,c@x\nDee,,,\n,,,\nAverage,,,\nx"
        b",,,\n".replace(b"\nx,,,\n", b"\n")
    )
    assert [student.id for student in read.students] == ["1", "bo", "c@x", "Dee"]
    assert read.choices == (
        "The roster's ids are in its column id.",
        "1 of the roster have no id, so the e-mail address is their id, such as c@x.",
        "1 of the roster have no id, so the full name is their id, such as Dee.",
        "No student is in line 7 of the roster: it is about the columns.",
    )


@pytest.mark.parametrize("cell", ["0012", "#0012", "'0012", '"=""0012"""', '="0012"'])
def test_ids_that_are_kept_from_a_spreadsheet(cell: str) -> None:
    (student,) = parse_roster(f"id,name\n{cell},'t Hooft\n".encode()).students
    assert (student.id, student.name) == ("0012", "'t Hooft")


def test_a_row_that_names_nobody_is_said() -> None:
    read = parse_roster(b"id,group\nada,1\n,2\n")
    assert [student.id for student in read.students] == ["ada"]
    assert read.choices == (
        "No student is in line 3 of the roster: no id, e-mail address or name.",
    )


def test_a_gradebook_of_canvas() -> None:
    read = parse_roster(CANVAS.encode())
    ada, bo = read.students
    assert (ada.id, ada.name, ada.number) == ("ada@example.org", "Lovelace, Ada", "101")
    assert ada.canvas == {
        "Student": "Lovelace, Ada",
        "ID": "101",
        "SIS User ID": "S-1",
        "SIS Login ID": "ada@example.org",
        "Section": "One",
    }
    assert (bo.id, bo.name) == ("102", "=cmd|' /C calc'!A0, Bo")
    assert "No student is in line 6 of the roster: the test student of Canvas." in read.choices


@pytest.mark.parametrize("name", ["Student, Test", "Test Student"])
def test_the_test_student_is_in_no_roster(name: str) -> None:
    assert roster(f'id,name\n9,"{name}"\nada,Ada\n') == [Student("ada", "Ada")]


def test_a_gradebook_without_the_columns_of_sis() -> None:
    (ada,) = roster("Student,ID,Section,Week 1 (77)\nPoints Possible,,,20\nAda,101,One,3\n")
    assert (ada.id, set(ada.canvas)) == ("101", {"Student", "ID", "Section"})


@pytest.mark.parametrize(
    ("name", "page", "said"),
    [
        ("Zoë Müller", "cp1252", "Windows-1252"),
        ("José Núñez", "latin-1", "Windows-1252"),
        ("Škoda", "iso8859_15", "ISO 8859-15"),
        ("Łukasz Wałęsa", "cp1250", "Windows-1250"),
        ("Ève Noël-Müller", "mac_roman", "Mac Roman"),
        ("José Peña", "cp850", "DOS 850"),
    ],
)
def test_the_usual_8_bit_pages(name: str, page: str, said: str) -> None:
    read = parse_roster(f"id;name\nx;{name}\n".encode(page))
    assert list(read.students) == [Student("x", name)]
    assert read.choices == (f"The roster is read as {said}, since it is not UTF-8.",)


def test_what_was_chosen_is_said() -> None:
    for plain in (b"id\nada\n", b"sep=;\nid;x\nada;\n"):
        assert parse_roster(plain) == Roster((Student("ada"),))
    said = parse_roster("A course;;\n\nid;name;login\n1;Ada;al\n".encode("utf-16")).choices
    assert said == (
        "The roster is read as UTF-16.",
        "The roster's header is line 3; nothing above it is read.",
        "The roster's ids are in its column id.",
    )


def test_thousands_of_rows() -> None:
    rows = "".join(f"{number};Name {number};n{number}@x.edu\r\n" for number in range(20_000))
    assert len(roster(f"id;name;email\r\n{rows}")) == 20_000


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "line 1: no header"),
        (b"ada,Ada\nbo,Bo\n", "line 1: no header"),
        (b"section,group\n1,a@b\n", "line 1: no column is called id"),
        (b"id,name\n", "line 1: no student below the header"),
        (b"id\nada\nbo\n\nada\n", "lines 2 and 5: both have the id ada"),
        (b"name\nKim\nKim\n", "lines 2 and 3: both have the id Kim. Delete one of them, or give"),
        (b"sep=,\nid\nada\nada\n", "lines 3 and 4: both have the id ada"),
        (b"id,name\nada,Lovelace, Ada\n", "line 2: it has 3 cells, and the header 2"),
        (b'id,name\nada,"Ada\nbo,Bo\n', "line 3: unexpected end of data. Check the quotes"),
        (b"\xef\xbb\xbfid,name\nada,Ren\xe9e\n", 'line 2: not UTF-8. Save it as "CSV UTF-8"'),
        (b"\xff\xfei\0d\0\n\0a", "line 2: not UTF-16"),
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
    assert read_roster(path) == Roster((Student("ada"),))


# A # before an id is Brightspace's, and a participant's number is Moodle's.
IDS = st.from_regex(r"[a-zA-Z0-9é李=+@_-][a-zA-Z0-9 ;,\"\t.é李=+@_-]{0,8}", fullmatch=True)
TEXT = st.text(st.characters(exclude_characters="\0#", exclude_categories=["Cs"]), max_size=9)


@given(
    st.lists(
        st.builds(Student, IDS.map(str.strip), TEXT.map(str.strip), IDS.map(str.strip)),
        min_size=1,
        max_size=5,
        unique_by=lambda student: student.id,
    ),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_writes_is_read_again(
    people: list[Student], delimiter: str, encoding: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(("id", "name", "email"))
    writer.writerows((one.id, one.name, one.email) for one in people)
    assert list(parse_roster(text.getvalue().encode(encoding)).students) == people


@given(st.binary(max_size=60) | st.text(st.sampled_from('id,;"\n\r\tname\0sep='), max_size=60))
def test_any_bytes_are_a_roster_or_refused(data: bytes | str) -> None:
    try:
        students = parse_roster(data if isinstance(data, bytes) else data.encode()).students
    except RosterError:
        return
    assert len({student.id for student in students}) == len(students) > 0
    assert all(student.id for student in students)


@given(st.text(st.characters(codec="cp1252", min_codepoint=32), min_size=1))
def test_no_byte_of_an_8_bit_page_is_lost(text: str) -> None:
    data = text.encode("cp1252")
    read, said = decode(data)
    assert len(read) == len(data) or not said
