"""The names that learning systems give: read as they were made, in any language and order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.submissions import CLS, Write, both, found, zipped

from grader.submissions import Identity, find_submissions, open_archives
from grader.submissions.github import read_repositories
from grader.submissions.name_forms import NAME_FORMS, read_brightspace, read_exchange, read_moodle
from grader.submissions.owner import Owner

ADA = Identity(number="10231", full_name="Ada Lovelace")


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("Ada Lovelace_10231_assignsubmission_file_", Owner("Ada Lovelace_10231", ADA)),
        ("Ada Lovelace_10231_assignsubmission_file", Owner("Ada Lovelace_10231", ADA)),
        ("Ada Lovelace_10231_assignsubmission_onlinetext_", Owner("Ada Lovelace_10231", ADA)),
        (
            "Ada Lovelace_10231_assignsubmission_file_a_b.py",
            Owner("Ada Lovelace_10231", ADA, "a_b.py"),
        ),
        (
            "Participant_123_assignsubmission_file_x.py",
            Owner("Participant_123", Identity(number="123", full_name="Participant"), "x.py"),
        ),
        ("Ada_assignsubmission_file_x.py", None),
        ("_1_assignsubmission_file_x.py", None),
    ],
)
def test_moodle(name: str, owner: Owner | None) -> None:
    assert read_moodle(name) == owner


@pytest.mark.parametrize(
    ("name", "student", "file", "when"),
    [
        ("12-67 - Ada L - Mar 3, 2026 905 PM", "Ada L_12", "", (2026, 3, 3, 21, 5)),
        ("12-67 - Ada - Mar 3, 2026 905 PM - a - b.py", "Ada_12", "a - b.py", (2026, 3, 3, 21, 5)),
        ("Ada L - March 3, 2026 1205 AM - x.py", "Ada L", "x.py", (2026, 3, 3, 0, 5)),
        ("Ada L- 3 May, 2026 21 05 - x.py", "Ada L", "x.py", (2026, 5, 3, 21, 5)),
        ("Jean-Luc - X - 3. März 2026 2105 - x.py", "Jean-Luc - X", "x.py", (2026, 3, 3, 21, 5)),
        ("A - 3 juil. 2026 905 - x.py", "A", "x.py", (2026, 7, 3, 9, 5)),
        ("A - 3 xyz 2026 905 - x.py", "A", "x.py", (2026, 0, 3, 9, 5)),
    ],
)  # fmt: skip
def test_brightspace(name: str, student: str, file: str, when: tuple[int, ...]) -> None:
    owner = read_brightspace(name)
    assert owner is not None
    assert (owner.student, owner.file, owner.handed_in.order) == (student, file, when)


@pytest.mark.parametrize("name", ["Ada - x.py", "Ada - Mar 3 - x.py", "Mar 3, 2026 905 PM - x.py"])
def test_other_names_are_not_from_brightspace(name: str) -> None:
    assert read_brightspace(name) is None


@pytest.mark.parametrize(
    ("name", "student", "when"),
    [
        ("ada+hw1+2026-03-01 10:00:00 UTC", "ada", (2026, 3, 1, 10, 0, 0)),
        ("a.b+ps 1+2026-12-31 23:59:59.000001 Europe/Rome+x+y", "a.b", (2026, 12, 31, 23, 59, 59)),
        ("ada+hw1", None, None),
        ("ada+hw1+2026-03-01", None, None),
    ],
)
def test_the_exchange_of_nbgrader(
    name: str, student: str | None, when: tuple[int, ...] | None
) -> None:
    owner = read_exchange(name)
    assert (owner and owner.student) == student
    assert (owner and owner.handed_in.order) == when


@given(st.text(max_size=120) | st.text("_ -1aA,attempt.", max_size=255))
def test_any_name_is_read_or_not(name: str) -> None:
    for form in NAME_FORMS:
        owner = form.read(name)
        assert owner is None or owner.student


@pytest.mark.parametrize(
    ("assignment", "logins", "texts", "expected"),
    [
        ("HW1", ["adal", "bno"], False, {"adal", "bno"}),
        ("HW_1", ["adal", "bno"], False, {"adal", "bno"}),
        ("Problem Set 1", ["adal"], False, {"adal"}),
        ("HW1", ["team_7", "team_8"], True, {"team_7", "team_8"}),
        ("HW_1", ["team_7"], True, {"team_7"}),
        ("HW1", ["a", "x_a"], False, {"a", "x_a"}),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_blackboard(
    assignment: str,
    logins: list[str],
    texts: bool,
    expected: set[str],
    packed: bool,
    write: Write,
    tmp_path: Path,
) -> None:
    for login in logins:
        attempt = f"class/{assignment}_{login}_attempt_2026-03-01-10-00-00"
        write(f"{attempt}_{CLS}.py")
        if texts:
            write(f"{attempt}.txt", f"Name: Ada L ({login})\nName: Eve (eve)\n")
    path = tmp_path / "class"
    if packed:
        files = [(file.name, file.read_bytes()) for file in path.iterdir()]
        path = zipped(tmp_path / "class.zip", files)
    with open_archives([path]) as opened:
        submissions, others = both(opened.paths)
    assert {s.student for s in submissions} == {s.identity.login for s in submissions} == expected
    assert {s.identity.full_name for s in submissions} == {"Ada L" if texts else ""}
    assert not others


def test_the_last_attempt_counts_and_an_attempt_without_a_file_is_named(
    write: Write, tmp_path: Path
) -> None:
    for day, text in ((1, "old"), (3, "new"), (2, "middle")):
        write(f"class/HW1_adal_attempt_2026-03-0{day}-10-00-00_{CLS}.py", text)
    write("class/HW1_bno_attempt_2026-03-01-10-00-00.txt", "Name: B N (bno)\n")
    submissions, others = both([tmp_path / "class"])
    assert [s.read().file for s in submissions] == [b"new"]
    assert "HW1_bno_attempt_2026-03-01-10-00-00.txt" in {item.path.name for item in others}


@pytest.mark.parametrize(
    ("folder", "names", "logins"),
    [
        ("hw1-submissions", ["hw1-ada", "hw1-Bo-B", "hw1-test"], ["ada", "Bo-B", "test"]),
        ("x-y-submissions", ["x-y-ada", "x-y-bo"], ["ada", "bo"]),
        ("class", ["hw1-ada", "hw1-bo-b"], ["ada", "bo-b"]),
        ("class", ["hw1-ada-main", "hw2-ada-master"], ["ada", "ada"]),
        ("class", ["vit-patch-embed-ada", "vit-patch-embed-bo"], ["ada", "bo"]),
        ("class", ["hw-1-ada", "hw-1-bo"], ["ada", "bo"]),
        ("class", ["smith-ada", "smith-bo"], []),
        ("class", ["team-7", "team-8"], []),
        ("class", ["lab-7", "lab-8"], []),
        ("class", ["hw1-ada"], []),  # one alone is chance
    ],
)
def test_github_classroom(
    folder: str, names: list[str], logins: list[str], write: Write, tmp_path: Path
) -> None:
    paths = [write(f"{folder}/{name}/{CLS}.py").parent for name in names]
    works = {"hw", "lab", "vit", "patch", "embed", "vit-patch-embed", "vit-patch"}

    def is_assignment(name: str) -> bool:
        return name in works or name.rstrip("0123456789-") in works

    found = read_repositories(folder, paths, is_assignment)
    assert [owner.student for owner in found.values()] == logins
    if logins and "y" not in folder:
        students = {s.student for s in both([tmp_path / folder])[0]}
        assert {name.rpartition("/")[2] for name in students} >= set(logins) - {"ada"}


@pytest.mark.parametrize("part", ["archive", "extracted"])
def test_what_nbgrader_collects(part: str, write: Write, tmp_path: Path) -> None:
    for login in ("hacker", "bitdiddle"):
        name = f"ps1_{login}_attempt_2026-01-30-15-30-10_{CLS}.ipynb"
        write(f"course/downloaded/ps1/{part}/{name}")
    write("course/nbgrader_config.py")
    assert {student for student, _, _ in found(tmp_path / "course")} == {"hacker", "bitdiddle"}


def test_two_students_of_one_name_are_two_and_two_folders_of_one_are_one(
    write: Write, tmp_path: Path
) -> None:
    for number in (1, 2):
        write(f"class/Ada L_{number}_assignsubmission_file_/{CLS}.py")
    write("class/Ada L_2_assignsubmission_onlinetext_/onlinetext.html")
    write("class/Bo N_3_assignsubmission_onlinetext_/onlinetext.html")
    found = find_submissions([tmp_path / "class"], [])
    submissions, others = both([tmp_path / "class"])
    assert [s.student for s in submissions] == ["Ada L_1", "Ada L_2"]
    assert {item.path.name for item in others} == {"Bo N_3_assignsubmission_onlinetext_"}
    assert found.choices == (f"{tmp_path}/class: names as Moodle gives them, 3 students.",)
