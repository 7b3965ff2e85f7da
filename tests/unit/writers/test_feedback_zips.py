"""The zips for a bulk upload: the names are those that Canvas and Moodle gave, and lead back."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from support.lms_forms import FORMS, people
from support.synthetic import synthetic_run

from grader.report.run import Run
from grader.submissions import canvas
from grader.submissions.name_forms import read_moodle
from grader.submissions.roster import Student
from grader.submissions.upload_names import canvas_beginning, moodle_beginning
from grader.writers.all_outputs import write_all
from grader.writers.pages import page_names

CANVAS, MOODLE = "feedback_canvas.zip", "feedback_moodle.zip"


def class_of(*paths: str, students: int = 0) -> Run:
    """A class with one report for each of the paths, each of the next student; or of so many."""
    run = synthetic_run(40)
    made = [
        replace(
            run.reports[n],
            student=f"s{n % (students or len(paths))}",
            submission=path,
            problem_id=run.problems[n // (students or len(paths))].id,
        )
        for n, path in enumerate(paths)
    ]
    ids = dict.fromkeys(report.student for report in made)
    return replace(run, students=tuple(map(Student, ids)), reports=tuple(made))


def zipped(run: Run, folder: Path, name: str) -> dict[str, str] | None:
    """The number of the student whose page each name in the zip has."""
    folder.mkdir(exist_ok=True)
    write_all(run, folder, {})
    if not (folder / name).exists():
        return None
    pages = {
        (folder / "feedback" / page).read_bytes(): student
        for student, page in page_names(run).items()
    }
    with zipfile.ZipFile(io.BytesIO((folder / name).read_bytes())) as archive:
        return {entry: pages[archive.read(entry)] for entry in archive.namelist()}


def canvas_takes(name: str) -> tuple[str, str]:
    """The number of the student and of the upload, as Canvas finds them in a name."""
    parts = [part for part in name.split("_") if part != "LATE"]
    assert not parts[-1].startswith("link")
    if parts[0] == "anon":
        return parts[1], parts[2]
    user, upload, *_ = (part for part in parts if part.isdecimal())
    return user, upload


def moodle_takes(name: str) -> str:
    """The number of the participant, as Moodle finds it in the name of a file."""
    _, number, kind, plugin, file = name.split("_", 4)
    assert (kind, plugin, file) == ("assignsubmission", "file", "feedback.html")
    return number


def test_names_of_canvas_lead_back(tmp_path: Path) -> None:
    paths = [
        "lovelaceada_12345_67890_patch_embed_cls.py",
        "submissions/obriensean_LATE_12346_67891_my_link.py",
        "late_submissions/muellerzoe_12347_67892_patch_embed_cls-2.ipynb",
        "class/nowak_12348_67893_work.zip/src/patch_embed_cls.py",
        "anon_x7Yz3_67894_a.py",
        "anon_LATE_x7Yz4_67895_a.py",
    ]
    entries = zipped(class_of(*paths), tmp_path, CANVAS)
    assert entries is not None
    assert {canvas_takes(name): student for name, student in entries.items()} == {
        ("12345", "67890"): "s0",
        ("12346", "67891"): "s1",
        ("12347", "67892"): "s2",
        ("12348", "67893"): "s3",
        ("x7Yz3", "67894"): "s4",
        ("x7Yz4", "67895"): "s5",
    }
    for name, student in entries.items():
        part = next(p for p in Path(paths[int(student[1:])]).parts if canvas.read_name(p))
        mine, theirs = canvas.read_name(name), canvas.read_name(part)
        assert mine is not None
        assert theirs is not None
        assert (mine.student, mine.identity) == (theirs.student, theirs.identity)
    assert not (tmp_path / MOODLE).exists()


@pytest.mark.parametrize("form", ["moodle folders", "moodle flat"])
def test_names_of_moodle_lead_back(form: str, tmp_path: Path) -> None:
    class_ = people(18)
    paths = [FORMS[form].files(person, "")[0][0] for person in class_]
    entries = zipped(class_of(*paths), tmp_path, MOODLE)
    assert entries is not None
    for name, student in entries.items():
        person = class_[int(student[1:])]
        assert moodle_takes(name) == str(person.number)
        owner = read_moodle(name)
        assert owner is not None
        assert owner.student == FORMS[form].shown(person)
    assert len(entries) == len(class_)


def test_a_folder_of_newer_moodle() -> None:
    for path in (
        "Ada Lovelace_7_assignsubmission_file/a.py",
        "Ada Lovelace_7_assignsubmission_file_/a.py",
        "hw/Ada Lovelace_7_assignsubmission_file.zip/a.py",
        "Ada Lovelace_7_assignsubmission_file_work.zip/a.py",
    ):
        assert moodle_beginning(path) == "Ada Lovelace_7_assignsubmission_file_"
    assert moodle_beginning("ada/a.py") == canvas_beginning("ada/a.py") == ""


def test_two_problems_of_a_student(tmp_path: Path) -> None:
    """Each upload of Canvas gets the page; in Moodle one number stands for both files."""
    run = class_of("a_1_10_x.py", "b_2_20_x.py", "a_1_11_y.py", "b_2_21_y.py", students=2)
    found = zipped(run, tmp_path / "canvas", CANVAS)
    assert found == {
        "a_1_10_feedback.html": "s0",
        "a_1_11_feedback.html": "s0",
        "b_2_20_feedback.html": "s1",
        "b_2_21_feedback.html": "s1",
    }
    folder = "A_{}_assignsubmission_file_/{}.py"
    run = class_of(*(folder.format(n, f) for f in "xy" for n in (1, 2)), students=2)
    assert set(zipped(run, tmp_path / "moodle", MOODLE) or ()) == {
        "A_1_assignsubmission_file_feedback.html",
        "A_2_assignsubmission_file_feedback.html",
    }


def test_nobody_gets_the_page_of_another(tmp_path: Path) -> None:
    run = class_of("hw_1_2_x/ada/p.py", "hw_1_2_x/bo/p.py", "c_3_4_p.py")
    assert zipped(run, tmp_path, CANVAS) == {"c_3_4_feedback.html": "s2"}


def test_a_few_names_by_chance_make_no_zip_and_an_old_one_goes(tmp_path: Path) -> None:
    assert zipped(class_of("a_1_2_x.py", "b_3_4_x.py"), tmp_path, CANVAS)
    assert zipped(class_of("ada/hw_1_2_x.py", "bo/x.py", "cy/x.py"), tmp_path, CANVAS) is None


def test_the_same_run_makes_the_same_zip(tmp_path: Path) -> None:
    run = class_of("a_1_2_x.py", "b_3_4_x.py")
    for name in ("one", "two"):
        zipped(run, tmp_path / name, CANVAS)
    assert (tmp_path / "one" / CANVAS).read_bytes() == (tmp_path / "two" / CANVAS).read_bytes()
