"""What a student checks: the file, and their modules beside it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.course import ROOT, entries
from support.sources import RIGHT, notebook

from grader.common.errors import CourseError
from grader.student.own_files import submissions_in

IMPORTS = "import numpy as np\nfrom helper import cut\nimport utils.more as more\n"


def test_modules_beside_a_file_count_and_have_to_be_handed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "hw.ipynb"
    path.write_bytes(notebook(IMPORTS, RIGHT))
    for name in ("helper.py", "utils/more.py", "other.py", "utils/deeper/x.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("cut = 1\n")
    (submission,) = submissions_in(path, entries().values())
    assert [name for name, _ in submission.modules] == ["helper.py", "other.py", "utils/more.py"]
    assert submission.notes == (
        "It imports helper.py: hand that in too.",
        "It imports utils: hand that in too.",
    )
    assert submission.read().modules["helper.py"] == b"cut = 1\n"
    monkeypatch.chdir(tmp_path)
    (here,) = submissions_in(Path("hw.ipynb"), entries().values())
    assert [name for name, _ in here.modules] == [name for name, _ in submission.modules]


@pytest.mark.parametrize("line", ["%run setup.ipynb", "%run ./setup", "%run 'setup.ipynb'"])
def test_a_notebook_that_another_one_runs_counts_too(line: str, tmp_path: Path) -> None:
    path = tmp_path / "hw.ipynb"
    path.write_bytes(notebook(line, RIGHT))
    (tmp_path / "setup.ipynb").write_bytes(notebook("cut = 1"))
    (submission,) = submissions_in(path, entries().values())
    assert [name for name, _ in submission.modules] == ["setup.ipynb"]
    assert submission.notes == ("It imports setup.ipynb: hand that in too.",)


def test_a_file_of_two_problems_is_checked_for_both(tmp_path: Path) -> None:
    path = tmp_path / "homework.ipynb"
    path.write_bytes(notebook(RIGHT, "def patch_embed_forward(*four):\n    return 1\n"))
    found = submissions_in(path, entries().values())
    assert [s.problem_id for s in found] == ["patch_embed_cls", "vit_patch_embed"]
    (one,) = submissions_in(path, [entries()["vit_patch_embed"]])
    assert one.problem_id == "vit_patch_embed"


def test_a_folder_is_found_as_grade_finds_it(tmp_path: Path) -> None:
    template = (ROOT / "problems" / "patch_embed_cls" / "stub.py").read_text()
    (tmp_path / "patch_embed_cls.ipynb").write_bytes(notebook(template))
    (tmp_path / "mine.py").write_text(RIGHT)
    (submission,) = submissions_in(tmp_path, entries().values())
    assert submission.path.name == "mine.py"
    assert "still the template" in submission.notes[0]


def test_what_is_no_submission_says_why(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    path.touch()
    with pytest.raises(CourseError, match=r"neither a \.py nor a \.ipynb"):
        submissions_in(path, entries().values())
