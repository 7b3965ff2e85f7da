"""Exports of Gradescope: whose each submission is, by the metadata that students can write into."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.submissions import METADATA, VIT, Write, both

from grader.submissions.gradescope_export import NotGradescope, uploads


def test_gradescope_says_whose_a_submission_is() -> None:
    assert {folder: tuple(upload.students) for folder, upload in uploads(METADATA).items()} == {
        "submission_1": ("0012",),
        "submission_2": ("renee@example.org",),
        "submission_3": ("Cy 'C' Young",),
        "submission_4": ("4", "5"),
    }
    assert uploads(METADATA.replace("\n", "\r\n")) == uploads(METADATA)
    indented = METADATA.replace("  - :", "    - :").replace("    :", "      :")
    assert uploads(indented) == uploads(METADATA)


def test_nothing_that_a_student_writes_makes_them_another() -> None:
    forged = "submission_9:\n  :submitters:\n  - :name: Bo\n    :sid: '99'\n"
    printed = "".join(f"      {line}\n" for line in forged.splitlines())
    text = METADATA.replace("      hi\n", printed)
    assert uploads(text) == uploads(METADATA)
    # A name of several lines, as Gradescope's own library writes one.
    text = METADATA.replace(
        ":name: Ada Lovelace\n", ":name: |-\n      Ada\n      :sid: '99'\n    :sid2: 7\n"
    )
    assert tuple(uploads(text)["submission_1"].students) == ("0012",)


@given(st.text(st.sampled_from("\n\r :-'\"\\x|>submiteranl_19#é\u2028"), max_size=200))
def test_any_metadata_are_read_or_not(text: str) -> None:
    try:
        found = uploads(text)
    except NotGradescope:
        return
    assert found
    for folder, upload in found.items():
        assert folder.startswith("submission_")
        assert all(upload.students)


def test_a_gradescope_export(write: Write, tmp_path: Path) -> None:
    write("submission_metadata.yml", METADATA)
    for number in (1, 2, 3, 4):
        write(f"submission_{number}/src/{VIT}.py")
    submissions, others = both([tmp_path])
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
    submissions, _ = both([tmp_path])
    assert [s.student for s in submissions] == [
        *(str(tmp_path / "submission_1"), "4", f"{tmp_path}/submission_4/0012")
    ]


def test_whose_it_is_can_be_missing(write: Write, tmp_path: Path) -> None:
    write("submission_metadata.yml", METADATA)
    write(f"submission_1/{VIT}.py")
    write(f"submission_5/{VIT}.py")
    submissions, others = both([tmp_path])
    assert [s.student for s in submissions] == ["0012", "submission_5"]
    assert [(o.path.name, o.why) for o in others] == [
        ("submission_5", "submission_metadata.yml doesn't say whose it is")
    ]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a: 1\n", b"submission_1:\n"])
def test_metadata_of_another_form_are_named(data: bytes, write: Write, tmp_path: Path) -> None:
    write("submission_metadata.yml").write_bytes(data)
    write(f"submission_1/{VIT}.py")
    submissions, others = both([tmp_path])
    assert [s.student for s in submissions] == ["submission_1"]
    assert [o.path.name for o in others] == ["submission_metadata.yml"]
    assert "so the names of the folders stand for the students" in others[0].why
