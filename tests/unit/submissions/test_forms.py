"""The forms that submissions come in: whose a file is by its name, and zips that stay in place."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.course import ROOT

import grader.submissions.zips as zips
from grader.common.errors import ArchiveError, UsageError
from grader.course.catalogue import load_course
from grader.submissions import NotUnderstood, Submission, find_submissions, open_zips
from grader.submissions.canvas import read_file_name
from grader.submissions.gradescope_export import NotGradescope, submitters
from grader.submissions.name_pattern import read_pattern

ENTRIES = list(load_course(ROOT).entries.values())
VIT, CLS = "vit_patch_embed", "patch_embed_cls"
IDS = {VIT, CLS}
DEFINES_VIT = "def patch_embed_forward(seed, image, patch_size, d_model): ..."

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str = "x = 1", when: int = 1_000_000_000) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (when, when))
        return path

    return write


def found(*paths: Path, pattern: str | None = None) -> set[tuple[str, str, str]]:
    """Student, file and problem of each submission; all else must be second choices."""
    submissions, others = find_submissions(paths, ENTRIES, pattern)
    assert [item for item in others if "is for this problem too" not in item.why] == []
    return {(s.student, s.path.name, s.problem_id) for s in submissions}


def whys(*paths: Path, pattern: str | None = None) -> dict[str, str]:
    """The name of each path that is not understood, and why."""
    return {item.path.name: item.why for item in find_submissions(paths, ENTRIES, pattern)[1]}


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
        ("x_1_2_hw-0a1b2c3d-1234-1234-1234-0a1b2c3d4e5f.py", "x_1", "hw"),
    ],
)
def test_canvas_says_whose_a_file_is(name: str, student: str, stem: str) -> None:
    named = read_file_name(Path(name))
    assert named is not None
    assert (named[0], named[1].stem) == (student, stem)


@pytest.mark.parametrize(
    "name", ["vit_patch_embed.py", "a_1_x.py", "_1_2_x.py", "a_1_2_", "a_b_2_x.py", "1_2_x.py"]
)
def test_other_names_are_not_from_canvas(name: str) -> None:
    assert read_file_name(Path(name)) is None


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
    student, file = read_file_name(Path(made)) or ("", None)
    assert (student, file and file.stem) == (f"{name}_{user}", stem)


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


def test_of_files_that_canvas_numbered_the_last_counts(write: Write, tmp_path: Path) -> None:
    """In its zips all files have the time of the download."""
    for again, upload in (("", 999), ("-2", 902), ("-10", 910), ("-1", 901)):
        write(f"adal_11_{upload}_{VIT}{again}.py")
    (submission,), others = find_submissions([tmp_path], ENTRIES)
    assert submission.path.name == f"adal_11_910_{VIT}-10.py"
    assert submission.notes[0].endswith(f"adal_11_910_{VIT}-10.py is newer.")
    assert len(submission.notes) == len(others) == 3


def test_of_files_without_such_a_number_the_last_upload_counts(
    write: Write, tmp_path: Path
) -> None:
    for upload, suffix in ((99, ".py"), (100, ".ipynb"), (98, ".PY")):
        write(f"adal_11_{upload}_{VIT}{suffix}", when=2_000_000_000 - upload)
    assert find_submissions([tmp_path], ENTRIES)[0][0].path.suffix == ".ipynb"


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
    assert set(whys(tmp_path)) == {
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
        submissions, _ = find_submissions(paths, ENTRIES)
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
    write("ada_second.py", DEFINES_VIT, when=1_000_000_005)
    write("ada.txt")
    write("bo.py", DEFINES_VIT)
    write("bo_nothing.py")
    submissions, others = find_submissions([tmp_path], ENTRIES, "{student}_*.py")
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
    submissions, others = find_submissions([tmp_path], ENTRIES, "{student}_*_file_/*/{problem}.py")
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


# --- Gradescope -----------------------------------------------------------------------------------

METADATA = """\
---
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0012'
    :email: ada@example.org
  :created_at: 2026-03-01 10:00:00.000000000 Z
  :score: 3.0
  :results:
    output: |
      hi
submission_2:
  :submitters:
  - :name: "Ren\\xE9e O'Neil"
    :sid:
    :email: renee@example.org
submission_3:
  :submitters:
  - :name: 'Cy ''C'' Young'
    :sid: ''
    :email: null
submission_4:
  :submitters:
  - :name: Dee
    :sid: 4
  - :name: Eli
    :sid: 5
submission_5:
  :submitters: []
"""


def test_gradescope_says_whose_a_submission_is() -> None:
    assert submitters(METADATA) == {
        "submission_1": ("0012",),
        "submission_2": ("renee@example.org",),
        "submission_3": ("Cy 'C' Young",),
        "submission_4": ("4", "5"),
    }
    assert submitters(METADATA.replace("\n", "\r\n")) == submitters(METADATA)
    assert submitters(METADATA.replace("'0012'", "0012")) == submitters(METADATA)
    indented = METADATA.replace("  - :", "    - :").replace("    :", "      :")
    assert submitters(indented) == submitters(METADATA)


def test_nothing_that_a_student_writes_makes_them_another() -> None:
    forged = "submission_9:\n  :submitters:\n  - :name: Bo\n    :sid: '99'\n"
    printed = "".join(f"      {line}\n" for line in forged.splitlines())
    text = METADATA.replace("      hi\n", printed)
    assert submitters(text) == submitters(METADATA)
    # A name of several lines, as Gradescope's own library writes one.
    text = METADATA.replace(
        ":name: Ada Lovelace\n", ":name: |-\n      Ada\n      :sid: '99'\n    :sid2: 7\n"
    )
    assert submitters(text)["submission_1"] == ("0012",)


@given(st.text(st.sampled_from("\n\r :-'\"\\x|>submiteranl_19#é\u2028"), max_size=200))
def test_any_metadata_are_read_or_not(text: str) -> None:
    try:
        found = submitters(text)
    except NotGradescope:
        return
    assert found
    for folder, students in found.items():
        assert folder.startswith("submission_")
        assert all(students)


def test_a_gradescope_export(write: Write, tmp_path: Path) -> None:
    write("submission_metadata.yml", METADATA)
    for number in (1, 2, 3, 4):
        write(f"submission_{number}/src/{VIT}.py")
    submissions, others = find_submissions([tmp_path], ENTRIES)
    assert not others
    assert [(s.student, s.path.parts[-3]) for s in submissions] == [
        ("0012", "submission_1"),
        ("renee@example.org", "submission_2"),
        ("Cy 'C' Young", "submission_3"),
        ("4", "submission_4"),
        ("5", "submission_4"),
    ]


def test_two_submissions_of_one_student_are_told_apart(write: Write, tmp_path: Path) -> None:
    write("submission_metadata.yml", METADATA.replace("sid: 5", "sid: '0012'"))
    for number in (1, 4):
        write(f"submission_{number}/{VIT}.py")
    submissions, _ = find_submissions([tmp_path], ENTRIES)
    assert [s.student for s in submissions] == [
        *(str(tmp_path / "submission_1"), "4", f"{tmp_path}/submission_4/0012")
    ]


def test_whose_it_is_can_be_missing(write: Write, tmp_path: Path) -> None:
    write("submission_metadata.yml", METADATA)
    write(f"submission_1/{VIT}.py")
    write(f"submission_5/{VIT}.py")
    submissions, others = find_submissions([tmp_path], ENTRIES)
    assert [s.student for s in submissions] == ["0012", "submission_5"]
    assert [(o.path.name, o.why) for o in others] == [
        ("submission_5", "submission_metadata.yml doesn't say whose it is")
    ]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a: 1\n", b"submission_1:\n"])
def test_metadata_of_another_form_are_named(data: bytes, write: Write, tmp_path: Path) -> None:
    write("submission_metadata.yml").write_bytes(data)
    write(f"submission_1/{VIT}.py")
    submissions, others = find_submissions([tmp_path], ENTRIES)
    assert [s.student for s in submissions] == ["submission_1"]
    assert [o.path.name for o in others] == ["submission_metadata.yml"]
    assert "so the names of the folders stand for the students" in others[0].why


# --- zips -----------------------------------------------------------------------------------------


def zipped(path: Path, files: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path


def in_zips(*paths: Path) -> tuple[list[Submission], list[NotUnderstood]]:
    """What is found in them, and all that isn't; each submission can be read."""
    with open_zips(paths) as (opened, refused):
        submissions, others = find_submissions(opened, ENTRIES)
        for submission in submissions:
            submission.read()
    return submissions, [*refused, *others]


def zip_folder(folder: Path, path: Path) -> Path:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return zipped(
        path, ((str(file.relative_to(folder.parent)), file.read_bytes()) for file in files)
    )


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_zip_is_read_as_the_folder_it_was_made_of(
    wrapped: bool, write: Write, tmp_path: Path
) -> None:
    write(f"canvas/adal_11_101_{VIT}.py")
    write(f"canvas/bo_LATE_12_102_{CLS}.ipynb")
    write("gradescope/submission_metadata.yml", METADATA)
    write(f"gradescope/submission_1/{VIT}.py")
    write(f"gradescope/submission_2/{VIT}.py")
    write(f"folders/ada/{VIT}.py")
    write(f"folders/bo/week 1/{CLS}.py")
    write(f"nbgrader/submitted/ada/ps1/{VIT}.ipynb")
    write(f"nbgrader/submitted/bo/ps1/{VIT}.ipynb")
    for name in ("canvas", "gradescope", "folders", "nbgrader"):
        folder = tmp_path / name
        files = [file for file in folder.rglob("*") if file.is_file()]
        base = folder.parent if wrapped else folder
        path = zipped(
            tmp_path / "x.ZIP", [(str(f.relative_to(base)), f.read_bytes()) for f in files]
        )
        submissions, others = in_zips(path)
        assert not others
        assert len(submissions) == 2
        assert {(s.student, s.path.name) for s in submissions} == {
            (student, file) for student, file, _ in found(folder)
        }


def test_of_a_zip_nothing_is_left_and_places_in_it_are_told(write: Write, tmp_path: Path) -> None:
    one = zipped(tmp_path / "one.zip", [(f"ada/{VIT}.py", b""), (f"bo/{VIT}.py", b"")])
    two = zipped(tmp_path / "two.zip", [(f"ada/{VIT}.py", b""), ("cy/essay.txt", b"")])
    submissions, others = in_zips(one, two)
    assert not any(submission.path.exists() for submission in submissions)
    assert [s.student for s in submissions] == ["one/ada", "bo", "two/ada"]
    assert submissions[0].where == f"one/ada/{VIT}.py"
    assert [str(item.path) for item in others] == ["two/cy"]


def test_without_a_zip_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with open_zips([tmp_path, tmp_path / "essay.txt"]) as (paths, refused):
        assert (paths, refused) == ([tmp_path, tmp_path / "essay.txt"], [])
        assert not list(tmp_path.iterdir())
    path = zipped(tmp_path / "x.zip", [(f"{VIT}.py", b"")])
    with open_zips([path]) as ((folder,), _):
        assert tmp_path in folder.parents
    assert list(tmp_path.iterdir()) == [path]


def test_two_zips_of_one_name_are_two(write: Write, tmp_path: Path) -> None:
    for section in ("a", "b"):
        (tmp_path / section).mkdir()
        zipped(tmp_path / section / "ada.zip", [(f"{VIT}.py", section.encode())])
    submissions, _ = in_zips(tmp_path / "a" / "ada.zip", tmp_path / "b" / "ada.zip")
    assert [s.student for s in submissions] == ["ada", "ada~"]


def test_files_keep_the_times_they_have_in_the_zip(tmp_path: Path) -> None:
    def at(name: str, day: int) -> zipfile.ZipInfo:
        return zipfile.ZipInfo(name, (2026, 3, day, 12, 0, 0))

    path = zipped(
        tmp_path / "ada.zip", [(at("new.py", 9), DEFINES_VIT.encode()), (at("a.py", 1), b"")]
    )
    with open_zips([path]) as ((folder,), _):
        times = {f.name: time.localtime(f.stat().st_mtime)[:4] for f in folder.iterdir()}
    assert times == {"new.py": (2026, 3, 9, 12), "a.py": (2026, 3, 1, 12)}
    odd = zipfile.ZipInfo(f"{VIT}.py")
    odd.date_time = (1980, 0, 0, 31, 63, 62)
    assert len(in_zips(zipped(tmp_path / "odd.zip", [(odd, b"")]))[0]) == 1


def test_links_and_special_files_in_a_zip_are_refused(tmp_path: Path) -> None:
    entries = []
    for name, kind in (("link.py", stat.S_IFLNK), ("pipe.py", stat.S_IFIFO)):
        entry = zipfile.ZipInfo(f"ada/{name}")
        entry.external_attr = (kind | 0o777) << 16
        entries.append((entry, b"/etc/passwd"))
    submissions, others = in_zips(zipped(tmp_path / "x.zip", [*entries, (f"ada/{VIT}.py", b"")]))
    assert [s.student for s in submissions] == ["ada"]
    assert [(o.path.name, o.why.split(" in a zip")[0]) for o in others] == [
        ("link.py", "a symbolic link"),
        ("pipe.py", "a special file"),
    ]


NASTY = st.lists(
    st.sampled_from(
        [
            *("..", ".", "", "/", "a", "b.py", f"{VIT}.py", "C:", "\\", "..\\x", "a\0b", "é"),
            *("~", "a" * 300, "\ud800", "con", "a:b", " ", "\n"),
        ]
    ),
    min_size=1,
    max_size=5,
).map("/".join)


@given(st.lists(NASTY, max_size=6), st.sampled_from([0, stat.S_IFLNK, stat.S_IFREG, stat.S_IFDIR]))
@settings(max_examples=150, deadline=None)
def test_no_zip_writes_outside_its_folder(names: list[str], kind: int) -> None:
    with tempfile.TemporaryDirectory() as top:
        inside = Path(top, "x", "y", "z")
        inside.mkdir(parents=True)
        path = Path(top, "x", "evil.zip")
        entries = []
        for name in dict.fromkeys(names):
            entry = zipfile.ZipInfo("placeholder")
            entry.filename = name  # the constructor would change it
            entry.external_attr = (kind | 0o644) << 16
            with contextlib.suppress(UnicodeEncodeError):  # not to be had in a zip
                entry.filename.encode()
                entries.append((entry, b"" if name.endswith("/") else b"x"))
        zipped(path, entries)
        before = set(Path(top).rglob("*"))
        refused = zips.unpack(path, inside)
        made = set(Path(top).rglob("*")) - before
        assert all(inside in file.parents and not file.is_symlink() for file in made)
        # Each entry is there or was refused.
        if not any(name.endswith("/") for name in names):
            files = [file for file in made if not file.is_dir()]
            assert len(entries) == len(refused) + len(files)


def test_names_that_can_t_be_written_are_named(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "x.zip",
        [
            (f"ada/{VIT}.py", b"1"),
            (f"ada/{VIT}.py/x.py", b"2"),
            (f"ada/./{VIT}.py", b"3"),
            (f"cy\\{VIT}.py", b""),
            (f"bo/{'a' * 300}.py", b""),
            ("/".join(["d"] * 60), b""),
            (f"/abs/{CLS}.py", b""),
            (f"../{CLS}.py", b""),
            (f"ada/{CLS}.py", b""),
        ],
    )
    with open_zips([path]) as (opened, refused):
        submissions, others = find_submissions(opened, ENTRIES)
        others = [*refused, *others]
        assert submissions[1].read() == b"1"
    assert [(s.student, s.problem_id) for s in submissions] == [("ada", CLS), ("ada", VIT)]
    taken = "the zip has another file or folder of this name, which was unpacked"
    assert [item.why for item in others] == [
        *(taken, taken, "its name in the zip leads out of the folder, so it was not unpacked"),
        "its name can't be written here, so it was not unpacked",
        "it lies more than 40 folders deep, so it was not unpacked",
        "its name in the zip leads out of the folder, so it was not unpacked",
        "its name in the zip leads out of the folder, so it was not unpacked",
    ] + [item.why for item in others[7:]]
    assert [item.path.name for item in others[7:]] == ["bo"]


def test_a_file_that_is_never_read_takes_no_room(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", [(f"ada/{VIT}.py", b"1"), ("ada/model.npz", bytes(10**6))])
    with open_zips([path]) as ((folder,), _):
        assert {file.name: file.stat().st_size for file in folder.iterdir()} == {
            f"{VIT}.py": 1,
            "model.npz": 0,
        }


def test_too_large_a_file_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "LARGEST_FILE", 2**20)
    path = zipped(tmp_path / "x.zip", [("ada/x.py", bytes(2**21)), (f"ada/{VIT}.py", b"")])
    submissions, others = in_zips(path)
    assert len(submissions) == 1
    assert [item.why for item in others] == ["it has more than 1 MiB, so it was not unpacked"]


def test_a_zip_has_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "x.zip", [(f"{n}/x.py", bytes(2**20)) for n in range(4)])
    monkeypatch.setattr(zips, "MOST_BYTES", 3 * 2**20)
    with pytest.raises(ArchiveError, match=r"x\.zip has more than 0 GiB of code in it"):
        in_zips(path)
    monkeypatch.setattr(zips, "MOST_ENTRIES", 3)
    with pytest.raises(ArchiveError, match=r"x\.zip has 4 files in it, and the limit is 3"):
        in_zips(path)


def test_what_a_zip_says_of_sizes_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its header says that a file is small; reading stops at the bound or at the lie."""
    path = zipped(tmp_path / "x.zip", [("ada/x.py", bytes(2**22))])
    data = path.read_bytes().replace((2**22).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="is damaged"):
        in_zips(path)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", [(f"{VIT}.py", b"")])
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match=r"x\.zip can't be unpacked: File .* is encrypted"):
        in_zips(path)


@pytest.mark.parametrize("size", [0, 10, 100])
def test_half_a_zip_is_refused(tmp_path: Path, size: int) -> None:
    path = zipped(tmp_path / "x.zip", [(f"{VIT}.py", b"x" * 500)])
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ArchiveError, match=r"x\.zip is damaged or no zip .* Download it again\."):
        in_zips(path)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_zip_or_refused(data: st.DataObject) -> None:
    buffer = io.BytesIO()
    method = data.draw(
        st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
    )
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("ada/x.py", b"def patch_embed_cls(): " * 9)
        archive.writestr("bo/", b"")
    mutated = bytearray(buffer.getvalue())
    for place in data.draw(st.lists(st.integers(0, len(mutated) - 1), max_size=4)):
        mutated[place] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as top:
        path = Path(top, "x.zip")
        path.write_bytes(mutated)
        with contextlib.suppress(ArchiveError):
            in_zips(path)


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
@settings(max_examples=150, deadline=None)
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
        with open_zips([path]) as ((opened,), refused):
            assert not refused
            submissions, others = find_submissions([opened], ENTRIES, pattern)
            graded = {PurePosixPath(submission.where) for submission in submissions}
        named = graded | {PurePosixPath(item.path) for item in others}
        root = PurePosixPath("class/class" if packed else top)
        for file in tree:
            theirs, above = root / file, (root / file).parents
            folders = {folder for folder in above if root in folder.parents}
            mine = {
                place for place in named if theirs == place or folders & {place, *place.parents}
            }
            loose_ones_are_one_student_s = not pattern and theirs.parent == root
            assert mine or (loose_ones_are_one_student_s and (graded or root in named)), file
        assert len({(s.student, s.problem_id) for s in submissions}) == len(submissions)
