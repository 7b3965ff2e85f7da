"""The forms that submissions come in: whose a file is by its name, and zips that stay in place."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples
from support.submissions import (
    CLS,
    DEFINES_VIT,
    METADATA,
    VIT,
    Write,
    both,
    found,
    whys,
    zip_folder,
)

from grader.common.errors import UsageError
from grader.submissions import open_archives
from grader.submissions.canvas import read_name
from grader.submissions.name_pattern import read_pattern

IDS = {VIT, CLS}


# --- Canvas ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "student", "stem"),
    [
        ("lovelaceada_12345_67890_vit_patch_embed.py", "lovelaceada_12345", VIT),
        ("lovelaceada_LATE_12345_67890_vit_patch_embed.py", "lovelaceada_12345", VIT),
        ("lovelaceada_12345_67890_vit_patch_embed-2.ipynb", "lovelaceada_12345", VIT),
        ("de_la_cruz_1_2_a-b-13.py", "de_la_cruz_1", "a-b"),
        ("ünï_1_2_my file (1).py", "ünï_1", "my file (1)"),
        ("x_1_2_3_4_5.py", "x_1", "3_4_5"),
        ("anon_x7Yz3_67890_patch_embed_cls.py", "anon_x7Yz3", CLS),
        ("LATE_anon_x7Yz3_67890_patch_embed_cls.py", "anon_x7Yz3", CLS),
        ("anon_LATE_x7Yz3_67890_patch_embed_cls.py", "anon_x7Yz3", CLS),
        ("anon_x7Yz3_late_67890_patch_embed_cls.py", "anon_x7Yz3", CLS),
        ("x_1_2_hw-0a1b2c3d-1234-1234-1234-0a1b2c3d4e5f.py", "x_1", "hw"),
    ],
)
def test_canvas_says_whose_a_file_is(name: str, student: str, stem: str) -> None:
    owner = read_name(name)
    assert owner is not None
    assert (owner.student, Path(owner.file).stem) == (student, stem)


@pytest.mark.parametrize(
    "name", ["vit_patch_embed.py", "a_1_x.py", "_1_2_x.py", "a_1_2_", "a_b_2_x.py", "1_2_x.py"]
)
def test_other_names_are_not_from_canvas(name: str) -> None:
    assert read_name(name) is None


@given(
    st.from_regex(r"[a-z]{1,9}", fullmatch=True),
    st.integers(0, 10**18),
    st.integers(0, 10**18),
    st.booleans(),
    st.integers(0, 99),
    st.text(st.characters(exclude_characters="/\0.", exclude_categories=["Cs"]), min_size=1),
)
def test_a_canvas_name_is_read_as_it_was_made(
    name: str, user: int, upload: int, late: bool, again: int, stem: str
) -> None:
    late_word = "LATE_" if late else ""
    made = f"{name}_{late_word}{user}_{upload}_{stem}-{again}.py"
    owner = read_name(made)
    assert owner is not None
    assert (owner.student, owner.file) == (f"{name}_{user}", f"{stem}.py")


def test_a_canvas_download(write: Write, tmp_path: Path) -> None:
    write(f"adal_11_101_{VIT}.py")
    write("adal_11_102_second.py", "patch_embed_cls = 1")
    write(f"bo_LATE_12_103_{CLS}.ipynb")
    write(f"bo_13_104_{CLS}.ipynb")  # another one of that name
    assert found(tmp_path) == {
        ("adal_11", f"adal_11_101_{VIT}.py", VIT),
        ("adal_11", "adal_11_102_second.py", CLS),
        ("bo_12", f"bo_LATE_12_103_{CLS}.ipynb", CLS),
        ("bo_13", f"bo_13_104_{CLS}.ipynb", CLS),
    }
    assert found(*tmp_path.iterdir()) == found(tmp_path)  # as a shell makes them of `*`


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("{}_{}_9_{}", "adal_1"),
        ("{} X_{}_assignsubmission_file_{}", "adal X_1"),
        ("HW1_{}{}_attempt_2026-03-01-10-00-00_{}", "adal1"),
        ("{1}-5 - {0} X - Mar 3, 2026 905 PM - {2}", "adal X_1"),
    ],
)
def test_what_is_no_code_has_its_owner_too(
    name: str, student: str, write: Write, tmp_path: Path
) -> None:
    write(name.format("bo", 2, f"{VIT}.py"))
    write(name.format("bo", 2, "notes.pdf"))
    write(name.format("cy", 3, "page.html"))
    write(name.format("adal", 1, "work.pdf"))
    _, others = both([tmp_path])
    told = {owner: item.work for item in others for owner in item.owners}
    assert told.pop(student)  # it may be work
    assert len(told) == 2
    assert not any(told.values())


def test_of_files_that_canvas_numbered_the_last_counts(write: Write, tmp_path: Path) -> None:
    """In its zips all files have the time of the download."""
    for again, upload in (("", 999), ("-2", 902), ("-10", 910), ("-1", 901)):
        write(f"adal_11_{upload}_{VIT}{again}.py")
    (submission,), others = both([tmp_path])
    assert submission.path.name == f"adal_11_910_{VIT}-10.py"
    assert [o.path.name for o in submission.others] == [
        f"adal_11_{upload}_{VIT}{again}.py"
        for upload, again in ((902, "-2"), (901, "-1"), (999, ""))
    ]
    assert submission.notes[0].startswith("For this problem too, and passed over: ")
    assert submission.notes[0].count("(older)") == len(others) == 3


def test_of_files_without_such_a_number_the_last_upload_counts(
    write: Write, tmp_path: Path
) -> None:
    for upload, suffix in ((99, ".py"), (100, ".ipynb"), (98, ".PY")):
        write(f"adal_11_{upload}_{VIT}{suffix}", when=2_000_000_000 - upload)
    assert both([tmp_path])[0][0].path.suffix == ".ipynb"


def test_two_downloads_of_one_class_are_one_class(write: Write, tmp_path: Path) -> None:
    write(f"one/adal_11_101_{VIT}.py")
    write(f"two/adal_11_201_{CLS}.py")
    names = found(tmp_path / "one", tmp_path / "two")
    assert {(student, problem) for student, _, problem in names} == {
        ("adal_11", VIT),
        ("adal_11", CLS),
    }


def test_students_of_two_downloads_for_one_problem_are_told_apart(
    write: Write, tmp_path: Path
) -> None:
    for student in ("adal_11", "bo_12"):
        for folder in ("one", "two"):
            write(f"{folder}/{student}_1_{VIT}.py")
    assert len({s for s, _, _ in found(tmp_path / "one", tmp_path / "two")}) == 4


def test_each_file_of_a_download_is_answered_for(write: Write, tmp_path: Path) -> None:
    write(f"adal_11_101_{VIT}.py")
    write("adal_11_102_helpers.py")
    write("adal_11_103_essay.pdf")
    write("bo_12_104_nothing.py")
    write("notes.py")
    said = whys(tmp_path)
    assert said["adal_11_102_helpers.py"] == "a module beside what is graded"
    assert set(said) == {
        *("adal_11_102_helpers.py", "adal_11_103_essay.pdf", "bo_12_104_nothing.py"),
        tmp_path.name,
    }


def test_a_student_s_file_with_a_name_like_canvas_s_stays_theirs(
    write: Write, tmp_path: Path
) -> None:
    write(f"class/eve/adal_11_999_{VIT}.py", DEFINES_VIT)
    write("class/eve/submission_metadata.yml", "submission_1:\n  :submitters:\n  - :sid: adal")
    write(f"class/eve/submission_1/{CLS}.py")
    write(f"class/bo/{VIT}.py")
    write(f"class/bo/bo_1_2_{VIT}.py")
    students = {("eve", VIT), ("eve", CLS), ("bo", VIT)}
    for paths in ([tmp_path / "class"], sorted((tmp_path / "class").iterdir())):
        submissions, _ = both(paths)
        assert {(s.student, s.problem_id) for s in submissions} == students


# --- patterns -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "path", "student", "stem"),
    [
        ("{student}_*.py", "ada_week_3.py", "ada", "week_3"),
        ("{student}_*.py", "ada_vit_patch_embed.py", "ada", VIT),
        ("{student}_*", "ada_vit_patch_embed.ipynb", "ada", VIT),
        ("{student}_{problem}.py", "ada_l_vit_patch_embed.py", "ada_l", VIT),
        ("{problem}-{student}.py", "patch_embed_cls-ada-l.py", "ada-l", CLS),
        ("hw[1]-{student}.*", "hw[1]-ada.ipynb", "ada", "ipynb"),
        ("./{student}.py", "ada.py", "ada", "ada"),
        ("{student}_*_file_/*.py", "x/Ada L_12_file_/hw.py", "Ada L", "hw"),
        ("{student}/*/{problem}.*", "x/ada/1/patch_embed_cls.py", "ada", CLS),
    ],
)
def test_a_pattern_says_whose_a_file_is(pattern: str, path: str, student: str, stem: str) -> None:
    named = read_pattern(pattern, IDS).match(Path(path))
    assert named is not None
    assert (named[0], named[1].stem) == (student, stem)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("{student}_*.py", "ada.py"),
        ("{student}_*.py", "_x.py"),
        ("{student}_{problem}.py", "ada_other.py"),
        ("{student}.py", "adaXpy"),
        ("{student}_{problem}.py", "ada_vit_patch_embedXpy"),
    ],
)
def test_a_pattern_that_does_not_fit(pattern: str, path: str) -> None:
    assert read_pattern(pattern, IDS).match(Path(path)) is None


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("*.py", "must have {student} in it once"),
        ("", "must have {student} in it once"),
        ("{student}_{student}.py", "must have {student} in it once"),
        ("{student}_{anything}.py", "has {anything} in it, which stands for nothing"),
        ("{student}_{}.py", "has {} in it, which stands for nothing"),
        ("{student}*.py", "where one of two neighbours ends"),
        ("{student}_**.py", "where one of two neighbours ends"),
        ("{student}_{problem}_{problem}.py", "{problem} in it more than once"),
    ],
)
def test_a_pattern_that_says_nothing_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(UsageError) as error:
        read_pattern(pattern, IDS)
    assert why in str(error.value)
    assert "An example: {student}_*.py" in str(error.value)


def test_no_name_makes_a_pattern_slow() -> None:
    """With ways back this one would take longer than the universe has."""
    pattern = read_pattern("{student}" + "_*" * 40 + "_x", IDS)
    assert pattern.match(Path("_" * 250)) is None


def test_a_folder_by_a_pattern(write: Write, tmp_path: Path) -> None:
    write(f"week1/{VIT}.py")
    write("ada_first.py", DEFINES_VIT, when=1_000_000_000)
    write("ada_second.py", DEFINES_VIT, when=1_000_000_500)
    write("ada.txt")
    write("bo.py", DEFINES_VIT)
    write("bo_nothing.py")
    submissions, others = both([tmp_path], "{student}_*.py")
    assert [(s.student, s.path.name) for s in submissions] == [("ada", "ada_second.py")]
    assert {item.path.name for item in others} == {
        *("week1", "ada_first.py", "ada.txt", "bo.py", "bo_nothing.py")
    }
    assert found(tmp_path / "ada_first.py", pattern="{student}_*.py") == {
        ("ada", "ada_first.py", VIT)
    }


def test_a_pattern_with_folders(write: Write, tmp_path: Path) -> None:
    write(f"Ada L_12_file_/1/{VIT}.py")
    write(f"Ada L_12_file_/2/{CLS}.py")
    write("Ada L_12_file_/late.py")
    write(f"top_x_file_.py/{VIT}.py")
    (tmp_path / "empty").mkdir()
    submissions, others = both([tmp_path], "{student}_*_file_/*/{problem}.py")
    assert [(s.student, s.problem_id) for s in submissions] == [("Ada L", CLS), ("Ada L", VIT)]
    assert {item.path.name for item in others} == {"late.py", f"{VIT}.py", "empty"}


# --- nbgrader -------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["course", "course/submitted", "alone"])
def test_an_nbgrader_course(write: Write, tmp_path: Path, named: str) -> None:
    for top in ("course", "alone"):
        write(f"{top}/submitted/ada/ps1/{VIT}.ipynb")
        write(f"{top}/submitted/ada/ps1/timestamp.txt")
        write(f"{top}/submitted/ada/ps2/{CLS}.ipynb")
        write(f"{top}/submitted/bo/ps1/{VIT}.ipynb")
    write(f"course/source/ps1/{VIT}.ipynb")
    write(f"course/autograded/ada/ps1/{VIT}.ipynb")
    write("course/nbgrader_config.py")
    write("course/gradebook.db")
    assert found(tmp_path / named) == {
        ("ada", f"{VIT}.ipynb", VIT),
        ("ada", f"{CLS}.ipynb", CLS),
        ("bo", f"{VIT}.ipynb", VIT),
    }


def test_what_else_lies_in_an_nbgrader_course_is_said(write: Write, tmp_path: Path) -> None:
    write(f"submitted/ada/ps1/{VIT}.ipynb")
    write(f"source/ps1/{VIT}.ipynb")
    write(f"late ones/bo/{VIT}.ipynb")
    assert list(whys(tmp_path)) == ["late ones"]


def test_a_student_may_be_called_submitted(write: Write, tmp_path: Path) -> None:
    write(f"submitted/{VIT}.py")
    write(f"ada/{VIT}.py")
    assert {student for student, _, _ in found(tmp_path)} == {"ada", "submitted"}


# --- nobody is lost -------------------------------------------------------------------------------

PERSON = st.sampled_from(["ada_1_2", "bo_3_4", "LATE_1_2", "anon_x_3", "submission_1", "x"])
FILE = st.sampled_from(
    [*(f"{VIT}.py", f"{CLS}.ipynb", f"{VIT}-2.py", "hw.py", "essay.pdf", "notes"), "x_1_2_y.py"]
)
FLAT = st.builds("{}_{}".format, PERSON, FILE)
DEEP = st.builds("{}/{}".format, PERSON, FILE) | st.builds("submitted/{}/1/{}".format, PERSON, FILE)
TREE = st.dictionaries(
    FLAT | DEEP | FILE,
    st.sampled_from(["", "def patch_embed_cls():", DEFINES_VIT]),
    min_size=1,
    max_size=8,
)


@given(
    TREE,
    st.sampled_from([None, "{student}_*", "{student}_*_{problem}.py", "{student}/*"]),
    st.sampled_from([None, METADATA, "?"]),
    st.booleans(),
)
@examples(150)
def test_in_any_form_nobody_is_lost(
    tree: dict[str, str], pattern: str | None, metadata: str | None, packed: bool
) -> None:
    """Each file was graded, or there is a word on it, on its student's folder or their other file.

    And nobody has two submissions for one problem.
    """
    with tempfile.TemporaryDirectory() as name:
        top = Path(name, "class")
        for file, text in tree.items():
            (top / file).parent.mkdir(parents=True, exist_ok=True)
            (top / file).write_text(text)
        if metadata:
            (top / "submission_metadata.yml").write_text(metadata)
        path = zip_folder(top, Path(name, "class.zip")) if packed else top
        with open_archives([path]) as opened:
            assert not opened.refused
            submissions, others = both(opened.paths, pattern)
            files = (f for s in submissions for f in (s, *s.others))
            graded = {PurePosixPath(file.where) for file in files}
        named = graded | {PurePosixPath(item.path) for item in others}
        root = PurePosixPath("class/class" if packed else top)
        for file in tree:
            theirs, above = root / file, (root / file).parents
            folders = {folder for folder in above if root in folder.parents}
            mine = {
                place for place in named if theirs == place or folders & {place, *place.parents}
            }
            loose_ones_are_one_student_s = not pattern and theirs.parent == root
            above_all = {root, *root.parents} & named  # the work of one student in parts
            assert mine or above_all or (loose_ones_are_one_student_s and graded), file
        assert len({(s.student, s.problem_id) for s in submissions}) == len(submissions)
