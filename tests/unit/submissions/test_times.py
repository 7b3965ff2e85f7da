"""When each form says that a file was handed in, and whether it calls it late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples
from support.lms_forms import FORMS, as_folder, as_zip, class_files, people
from support.submissions import CLS, METADATA, VIT, Write, both, zip_folder

from grader.submissions import HandedIn, open_archives
from grader.submissions.blackboard import read_name as read_blackboard
from grader.submissions.canvas import read_name
from grader.submissions.name_forms import read_brightspace, read_exchange
from grader.submissions.owner import Owner
from grader.submissions.times import OWN_TIME, read_time, time_of, with_own_time

OWN = 1_000_000_000
DATES = st.datetimes(datetime(1980, 1, 2), datetime(2200, 1, 1)).map(
    lambda date: date.replace(microsecond=0, fold=0)
)


def own(when: float = OWN) -> tuple[str, str]:
    return datetime.fromtimestamp(when).isoformat(), OWN_TIME


# What each of the forms of `support.lms_forms` says about every file: time, and who says it.
SAID: dict[str, tuple[str, str]] = {
    "canvas": ("", "Canvas"),
    "blackboard": ("2026-03-01T10:00:00", "Blackboard"),
    "brightspace folders": ("2026-03-03T21:05:00", "Brightspace"),
    "brightspace flat": ("2026-03-03T21:05:00", "Brightspace"),
    "nbgrader's exchange": ("2026-03-01T10:00:00+00:00", "nbgrader"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("packed", [True, False])
def test_each_form_says_what_it_knows(form: str, packed: bool, tmp_path: Path) -> None:
    class_ = people(12)
    files = class_files(FORMS[form], class_)
    path = as_zip(files, tmp_path / "c.zip") if packed else as_folder(files, tmp_path / "c")
    with open_archives([path]) as opened:
        submissions, _ = both(opened.paths)
        assert len(submissions) == len(class_)
        for submission in submissions:
            said = submission.handed_in
            assert said.modified == submission.path.lstat().st_mtime
            assert (said.time, said.said_by) == SAID.get(form, own(int(said.modified)))
            late = form == "canvas" and "_LATE_" in submission.path.name
            assert said.late is late
        assert any(s.handed_in.late for s in submissions) is (form == "canvas")


@given(
    st.sampled_from(["LATE", "late", "Late", "lAtE"]),
    st.sampled_from(
        ["{}_anon_x7_9_f.py", "anon_{}_x7_9_f.py", "anon_x7_{}_9_f.py", "a_{}_1_9_f.py"]
    ),
)
def test_canvas_calls_a_file_late(word: str, form: str) -> None:
    said, other = read_name(form.format(word)), read_name(form.replace("{}_", ""))
    assert said is not None
    assert other is not None
    assert (said.student, said.file) == (other.student, other.file)
    assert said.handed_in == replace(other.handed_in, late=True)
    assert not other.handed_in.late


@pytest.mark.parametrize("name", ["late_1_2_f.py", "late_1_2_late_3_4_f.py", "relate_1_2_LATE.py"])
def test_a_name_with_late_in_it_is_not_late(name: str) -> None:
    owner = read_name(name)
    assert owner is not None
    assert not owner.handed_in.late


@given(DATES)
@examples(60)
def test_times_in_names_are_read_as_they_were_made(date: datetime) -> None:
    def time(owner: Owner | None) -> str:
        assert owner is not None
        return owner.handed_in.time

    in_rome = date.replace(tzinfo=ZoneInfo("Europe/Rome"))
    minute = date.replace(second=0)
    blackboard = read_blackboard(f"HW_adal_attempt_{date:%Y-%m-%d-%H-%M-%S}_f.py")
    assert time(blackboard) == date.isoformat()
    assert time(read_exchange(f"ada+hw+{date} UTC")) == date.replace(tzinfo=UTC).isoformat()
    assert time(read_exchange(f"ada+hw+{date}.25 Europe/Rome+x")) == in_rome.isoformat()
    assert time(read_exchange(f"ada+hw+{date} Nowhere/Land")) == date.isoformat()
    for form in ("%b %-d, %Y %-I%M %p", "%-d %B %Y %H%M"):
        assert time(read_brightspace(f"1-2 - Ada - {date:{form}} - f.py")) == minute.isoformat()


@pytest.mark.parametrize("date", ["3 xyz 2026 905", "31 Feb 2026 905"])
def test_the_file_s_own_time_stands_in_for_a_date_that_is_none(date: str) -> None:
    owner = read_brightspace(f"A - {date} - f.py")
    assert owner is not None
    said = with_own_time(owner.handed_in, OWN)
    assert (said.time, said.said_by) == own()
    assert said.order == owner.handed_in.order != ()


def test_gradescope_s_metadata_say_when(write: Write, tmp_path: Path) -> None:
    write("submission_metadata.yml", METADATA)
    for number in (1, 2):
        write(f"submission_{number}/src/{VIT}.py")
    dated, undated = (s.handed_in for s in both([tmp_path])[0])
    assert (dated.time, dated.said_by) == ("2026-03-01T10:00:00+00:00", "Gradescope")
    assert (undated.time, undated.said_by) == own()
    assert dated.order == undated.order == ()


@pytest.mark.parametrize("named", ["course", "course/submitted"])
@pytest.mark.parametrize("packed", [True, False])
def test_nbgrader_s_timestamps_belong_to_assignments(
    named: str, packed: bool, write: Write, tmp_path: Path
) -> None:
    write(f"course/submitted/ada/ps1/{VIT}.ipynb")
    write("course/submitted/ada/ps1/timestamp.txt", "2026-03-01 10:00:00.123456 UTC")
    write(f"course/submitted/ada/ps2/deep/{CLS}.ipynb")
    write("course/submitted/ada/ps2/deep/timestamp.txt", "1999-03-01 10:00:00 UTC")  # the student's
    write(f"course/submitted/bo/ps1/{VIT}.ipynb")
    write("course/submitted/bo/ps1/timestamp.txt", "2026-03-01 10:00:00 UTC" + 99 * " ")
    path = tmp_path / named
    if packed:
        path = zip_folder(path, tmp_path / "c.zip")
    with open_archives([path]) as opened:
        submissions, _ = both(opened.paths)
        said = {(s.student, s.problem_id): s.handed_in for s in submissions}
        dated = said[("ada", VIT)]
        assert (dated.time, dated.said_by) == ("2026-03-01T10:00:00+00:00", "nbgrader")
        del said["ada", VIT]
        assert len(said) == 2
        assert all(one.said_by == OWN_TIME for one in said.values())


def test_a_student_s_own_timestamp_says_nothing(write: Write, tmp_path: Path) -> None:
    for student in ("ada", "bo"):
        write(f"class/{student}/ps1/{VIT}.py")
        write(f"class/{student}/ps1/timestamp.txt", "1999-03-01 10:00:00 UTC")
    assert {s.handed_in.said_by for s in both([tmp_path / "class"])[0]} == {OWN_TIME}


def test_each_of_several_files_has_its_own_time(write: Write, tmp_path: Path) -> None:
    for day in (2, 1):
        write(f"HW1_ada_attempt_2026-03-0{day}-10-00-00_{VIT}.py")
    write(f"HW1_bo_attempt_2026-03-05-10-00-00_{VIT}.py")
    first, _ = both([tmp_path])[0]
    assert first.handed_in.time == "2026-03-02T10:00:00"
    assert [other.handed_in.time for other in first.others] == ["2026-03-01T10:00:00"]


@given(st.text(max_size=60) | st.text("0123456789-: TZ+./UTCEurope", max_size=40))
@examples(300)
def test_any_text_is_a_time_or_not(text: str) -> None:
    if time := read_time(text):
        datetime.fromisoformat(time).astimezone(UTC)


@given(st.lists(st.integers(0, 9999), min_size=5, max_size=6))
def test_any_numbers_are_a_time_or_not(numbers: list[int]) -> None:
    if time := time_of(numbers):
        datetime.fromisoformat(time).astimezone(UTC)


@given(st.floats(allow_nan=False))
def test_any_time_of_a_file_is_one_or_not(modified: float) -> None:
    said = with_own_time(HandedIn(), modified)
    assert bool(said.time) is bool(said.said_by)
    assert said.modified == modified
