"""Of several files of one student for a problem: which are graded, and which one counts."""

from __future__ import annotations

import os
from pathlib import Path

from support.course import limited, patch_embed_cls, square
from support.sources import CALL, RIGHT

from grader.common.verdict import Verdict
from grader.grading.grade_one import grade_submission
from grader.report.report import Report
from grader.sandbox import Sandbox
from grader.submissions import Submission, find_submissions

WRONG = CALL + "return x * 0"
NOT_STARTED = CALL + "y = x\n    raise NotImplementedError"
OTHERWISE = RIGHT + "\n# the same in another file\n"


def submission(folder: Path, **files: str) -> Submission:
    """What is found in a student's folder. Of the files each is an hour older than the next."""
    (folder / "ada").mkdir()
    for hour, (name, text) in enumerate(files.items()):
        path = folder / "ada" / f"{name}.py"
        path.write_text(text)
        os.utime(path, (1e9 + 3600 * hour,) * 2)
    (found,) = find_submissions([folder], [patch_embed_cls()]).submissions
    return found


def moment(folder: Path, **files: str) -> Submission:
    """The same files, all of one moment."""
    submission(folder, **files)
    for path in (folder / "ada").iterdir():
        os.utime(path, (1e9, 1e9))
    (found,) = find_submissions([folder], [patch_embed_cls()]).submissions
    return found


def outcome(report: Report) -> tuple[Verdict, str]:
    return report.verdict, Path(report.submission).name


def test_of_files_of_one_moment_the_best_counts(tmp_path: Path, sandbox: Sandbox) -> None:
    found = moment(tmp_path, a=CALL + "return x[99]", b=WRONG, c=RIGHT, d=OTHERWISE)
    report = grade_submission(square(), found, sandbox)
    assert outcome(report) == (Verdict.ACCEPTED, "c.py")
    assert report.notes == (
        "Each of these may be the newest, so each is graded and the best counts: ada/a.py, "
        "ada/b.py, ada/c.py, ada/d.py.",
        "Graded: a.py, b.py, c.py. c.py does best and counts.",
    )


def test_a_right_file_of_yesterday_does_not_count_for_a_wrong_one_of_today(
    tmp_path: Path, any_sandbox: Sandbox
) -> None:
    report = grade_submission(square(), submission(tmp_path, a=RIGHT, b=WRONG), any_sandbox)
    assert outcome(report) == (Verdict.WRONG_ANSWER, "b.py")
    assert report.notes == ("For this problem too, and passed over: ada/a.py (older).",)


def test_if_the_newest_turns_out_not_to_be_started_the_one_before_counts(
    tmp_path: Path, any_sandbox: Sandbox
) -> None:
    """Its text has more than the template's, so only running it shows this."""
    found = submission(tmp_path, a=WRONG, b=RIGHT, c=NOT_STARTED)
    report = grade_submission(square(), found, any_sandbox)
    assert outcome(report) == (Verdict.ACCEPTED, "b.py")
    assert report.notes[-1] == "Graded: c.py, b.py. b.py does best and counts."


def test_a_wrong_file_counts_before_one_without_a_started_function(
    tmp_path: Path, any_sandbox: Sandbox
) -> None:
    found = moment(tmp_path, a=NOT_STARTED, b="patch_embed_cls = 3", c=WRONG)
    report = grade_submission(square(), found, any_sandbox)
    assert outcome(report) == (Verdict.WRONG_ANSWER, "c.py")


def test_a_report_is_on_all_files_that_may_count(tmp_path: Path, any_sandbox: Sandbox) -> None:
    """So it is made again if one of the files changes, also one that doesn't count."""
    found = moment(tmp_path, a=WRONG, b=RIGHT)
    report = grade_submission(square(), found, any_sandbox)
    (tmp_path / "ada" / "a.py").write_text(WRONG + " ")
    changed = grade_submission(square(), found, any_sandbox)
    assert outcome(report) == outcome(changed)
    assert None is not report.sha256 != changed.sha256 is not None


def test_all_files_together_have_the_time_for_one(tmp_path: Path, any_sandbox: Sandbox) -> None:
    found = moment(tmp_path, a=CALL + "while True: pass", b=RIGHT)
    report = grade_submission(limited(square(), total_seconds=1.0), found, any_sandbox)
    assert outcome(report) == (Verdict.TIME_LIMIT_EXCEEDED, "a.py")
    assert (
        "Not graded: b.py. The files before took all of the time that one submission has (1 s)."
        in report.notes
    )
