"""Folders of students, of sections, and of parts of a student's work; classes of no known form."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from support.submissions import CLS, DEFINES_VIT, VIT, Write, both, problems

from grader.submissions import find_submissions, student_folders, unknown_form
from grader.submissions.join_roster import join_roster
from grader.submissions.read_roster import parse_roster
from grader.submissions.student_files import MOST_TO_TELL_APART


def students(*paths: Path) -> set[str]:
    return {s.student for s in both(paths)[0]}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["s1/ada", "s1/bela", "s2/cy", "s2/dee"], "ada bela cy dee"),
        (["year/section A/ada", "year/section A/bela", "year/section B/cy"], "ada bela cy"),
        (["one/ada", "one/bela", "two/cy"], "ada bela cy"),  # a section of one
        (["ada/src", "bela/hw1", "cy/week 3/code"], "ada bela cy"),
        (["ada/my stuff", "bela/things/deep", "cy/x y z"], "ada bela cy"),
        (["ada", "bela", "late/cy"], "ada bela cy"),
        (["hw1/ada", "hw1/bela", "hw2/cy"], "ada bela cy"),
        (["problems/patch_embed_cls", "notebooks"], "class"),
        (["Week 1"], "class"),
        (["ada/patch_embed_cls", "ada/vit_patch_embed", "bela/patch_embed_cls"], "ada bela"),
        (["ada/PatchEmbedCls", "bela"], "ada bela"),
        (["12/hw", "13/hw"], "12 13"),
        (
            ["ada/course/notebooks", "ada/course/grader/cli", "bo/hw/grader/x", "bo/hw/src"],
            "ada bo",
        ),
        (["class/class/ada", "class/class/bela"], "ada bela"),
        (["v", "q"], "q v"),
    ],
)
def test_which_folder_is_a_student_s(
    files: list[str], expected: str, write: Write, tmp_path: Path
) -> None:
    for folder in files:
        write(f"class/{folder}/{CLS}.py", f"patch_embed_cls = {folder!r}")
    assert students(tmp_path / "class") == set(expected.split())


def test_parts_for_other_problems_are_one_student_s(write: Write, tmp_path: Path) -> None:
    for student in ("ada", "bela"):
        write(f"class/{student}/the first/{CLS}.py")
        write(f"class/{student}/and another/{VIT}.py")
    assert students(tmp_path / "class") == {"ada", "bela"}


@pytest.mark.parametrize("folders", [["ada", "bela"], ["ada/course", "bela/my work"], ["ada/hw"]])
def test_a_whole_course_is_one_student_s(folders: list[str], write: Write, tmp_path: Path) -> None:
    """The grader's own package and the student's further folders make nobody else of it."""
    for folder in folders:
        for file in (f"problems/{CLS}/stub", f"problems/{VIT}/stub", f"notebooks/{CLS}"):
            write(f"class/{folder}/{file}.py", f"patch_embed_cls = {folder!r}")
        for file in ("grader/cli/main", "my things/deep/x", "other things/x"):
            write(f"class/{folder}/{file}.py", "x = 1")
    top = tmp_path / "class"
    expected = {folder.partition("/")[0] for folder in folders}
    assert students(top) == expected
    if len(folders) > 1:
        assert students(*(top / name for name in expected)) == expected
    assert len(students(top / folders[0])) == 1


def test_a_problem_s_folder_alone_makes_no_course_of_a_class(write: Write, tmp_path: Path) -> None:
    for student in ("ada", "bela"):
        write(f"class/{student}/{CLS}/stub.py", f"patch_embed_cls = {student!r}")
    assert students(tmp_path / "class") == {"ada", "bela"}


def test_no_folder_of_a_student_makes_them_others(write: Write, tmp_path: Path) -> None:
    """Beside folders that are surely students', one is a student's, whatever is in it."""
    for student in ("ada", "bela"):
        write(f"class/{student}/{CLS}.py")
        write(f"class/eve/{student}/{CLS}.py", f"patch_embed_cls = '{student}'")
        write(f"class/eve/section 1/{student}/{CLS}.py", f"patch_embed_cls = '{student} 1'")
        write(f"class/mo/{student}_1_2_{CLS}.py")
        write(f"class/mo/{student}_1_assignsubmission_file_/{CLS}.py")
        write(f"class/mo/assignment_1_export/submission_1/{CLS}.py")
    write("class/mo/assignment_1_export/submission_metadata.yml")
    assert students(tmp_path / "class") == {"ada", "bela", "eve", "mo"}


# --- a class in no known form ---------------------------------------------------------------------


def unknown(*paths: Path) -> str:
    return find_submissions(paths, problems()).unknown_form


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["ada.py", "bela.py", "cy.py", "dee.py"], "{student}.py"),
        (["ada_hw1.py", "bela_hw1.py", "cy_hw1.py"], "{student}_hw1.py"),
        (["HW1 - ada.py", "HW1 - bo b.py", "HW1 - cy.py"], "HW1 - {student}.py"),
        (["ada-patch_embed_cls.py", "bo-patch_embed_cls.py", "cy-patch_embed_cls.py"],
         "{student}-{problem}.py"),
        (["x_patch_embed_cls_ada.py", "x_patch_embed_cls_bo.ipynb", "x_patch_embed_cls_cy.py"],
         "x_{problem}_{student}.*"),
        (["12345.py", "12346.py", "12347.py", "12350.py"], "{student}.py"),
        (["sub/ada_hw.py", "sub/bo_hw.py", "sub/cy_hw.py"], "sub/{student}_hw.py"),
    ],
)  # fmt: skip
def test_a_class_that_is_taken_for_a_student(
    names: list[str], pattern: str, write: Write, tmp_path: Path
) -> None:
    for name in names:
        write(f"class/{name}", f"def patch_embed_cls(): {name!r}")
    message = unknown(tmp_path / "class")
    assert f"--pattern '{pattern}'" in message
    assert all(Path(name).name in message for name in sorted(names)[:3])
    submissions, _ = both([tmp_path / "class"], pattern)
    assert len({s.student for s in submissions}) == len(names)


@pytest.mark.parametrize(
    "names",
    [
        ["patch.py", "cls.py", "mine.py"],
        ["hw.py", "hw-1.py", "hw (2).py", "hw_v3.py", "hw-Copy1.py", "hw_final.py", "hw_old.py"],
        ["hw_20260301.py", "hw_20260302.py", "hw_20260303.py", "hw_20260304.py"],
        ["hw_draft.py", "hw_final.py", "hw_best.py"],
    ],
)
def test_a_student_s_tries_are_no_class(names: list[str], write: Write, tmp_path: Path) -> None:
    for name in names:
        write(f"class/ada/{name}", f"def patch_embed_cls(): {name!r}")
    assert unknown(tmp_path / "class") == ""


def test_three_loose_files_in_the_named_folder_are_a_class(write: Write, tmp_path: Path) -> None:
    for name in ("ada", "bela"):
        write(f"class/{name}.py", f"def patch_embed_cls(): {name!r}")
    assert unknown(tmp_path / "class") == ""
    write("class/cy.py", "def patch_embed_cls(): 'cy'")
    assert "--pattern '{student}.py'" in unknown(tmp_path / "class")


def test_no_student_stops_a_class(write: Write, tmp_path: Path) -> None:
    for name in ("ann", "bob", "cid", "dan", "eli"):
        write(f"class/eve/{name}.py", f"def patch_embed_cls(): {name!r}")
        write(f"same/{name}.py", DEFINES_VIT)
    assert unknown(tmp_path / "class")
    write(f"class/ada/{CLS}.py")
    assert unknown(tmp_path / "class") == ""
    assert unknown(tmp_path / "same") == ""  # one text under several names


def test_a_class_s_loose_files_are_a_class_beside_any_folders(write: Write, tmp_path: Path) -> None:
    for name in ("ann", "bob", "cid", "dan", "eli"):
        write(f"class/{name}.py", f"def patch_embed_cls(): {name!r}")
    for name in ("flo", "gus", "hal"):
        write(f"class/{name}/{CLS}.py")
    assert "--pattern '{student}.py'" in unknown(tmp_path / "class")


def test_one_name_in_two_sections_is_a_conflict_and_nobody_s_zero(
    write: Write, tmp_path: Path
) -> None:
    for section in (1, 2):
        for name in ("ada", "Bo Li", f"cy{section}"):
            write(f"q/section{section}/{name}/{CLS}.py", f"def patch_embed_cls(): {section}")
    found = find_submissions([tmp_path / "q"], problems())
    roster = parse_roster(b"id,name\nada,Ada\nbl1,Bo Li\ncy1,C\ncy2,D\n")
    joined = join_roster(roster, found.submissions, found.not_understood, [CLS])
    assert {(one.student, one.words) for one in joined.matching.unclear} == {
        ("ada", "conflict"),
        ("bl1", "conflict"),
    }
    assert joined.matching.absent == ()
    assert len({s.student for s in joined.submissions}) == 6


def test_what_is_read_to_tell_students_apart_is_bounded(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ada", "eve/a", "eve/b"):
        for number in range(30):
            with open(write(f"class/{name}/{number}.ipynb"), "wb") as file:
                file.truncate(8 * 2**20)
    read: Counter[str] = Counter()

    def count(path: Path, limit: int | None = None) -> bytes:
        read[path.parent.name] += path.stat().st_size
        return b""

    for module in (student_folders, unknown_form):
        monkeypatch.setattr(module, "read_file", count)
    both([tmp_path / "class"])
    assert set(read) == {"ada", "a", "b"}
    assert max(read.values()) <= 2 * MOST_TO_TELL_APART
