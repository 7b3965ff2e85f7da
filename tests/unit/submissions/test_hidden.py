"""Hidden files and folders: never graded, always listed, unless a tool gave the name."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.submissions import CLS, DEFINES_VIT, METADATA, VIT, Write, both, found, problems, whys

from grader.handout.gradescope.container import find_in
from grader.submissions import find_submissions
from grader.submissions.hidden_names import HIDDEN, INSTALLED, is_hidden, is_never_work
from grader.submissions.join_roster import join_roster
from grader.submissions.read_roster import parse_roster
from grader.submissions.student_files import MOST_LEFT_OUT


def test_hidden_work_is_listed_and_its_student_s_mark_is_unclear(
    write: Write, tmp_path: Path
) -> None:
    write(f"ada/{VIT}.py")
    write(f"ada/.{CLS}.py")
    write(f"bo/.work/{CLS}.py")
    write(f"cy/{VIT}.py")
    write("cy/.git/HEAD")
    found = find_submissions([tmp_path], problems())
    assert {(s.student, s.problem_id) for s in found.submissions} == {("ada", VIT), ("cy", VIT)}
    hidden = {str(item.path.relative_to(tmp_path)): item for item in found.not_understood}
    assert {name for name, item in hidden.items() if item.why == HIDDEN} == {
        *(f"ada/.{CLS}.py", "bo/.work")
    }
    roster = parse_roster(b"id\nada\nbo\ncy\n")
    joined = join_roster(roster, found.submissions, found.not_understood, [VIT, CLS])
    unclear = {(item.student, item.problem_id) for item in joined.matching.unclear}
    assert unclear == {("ada", CLS), ("bo", CLS), ("bo", VIT)}


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ([f"ada/{VIT}.py", f"bo/{VIT}.py", ".top/x.py"], None),
        ([f"class/ada/{VIT}.py", f"class/bo/{VIT}.py", ".top/x.py"], None),
        ([f"week/class/ada/{VIT}.py", f"week/class/bo/{VIT}.py", "week/.top/x.py"], None),
        ([f"adal_11_101_{VIT}.py", f"bo_12_102_{VIT}.py", ".top"], None),
        (["submission_metadata.yml", f"submission_1/{VIT}.py", ".top"], None),
        ([f"submitted/ada/ps1/{VIT}.py", f"submitted/bo/ps1/{VIT}.py", ".top"], None),
        ([f"submitted/ada/ps1/{VIT}.py", f"submitted/bo/ps1/{VIT}.py", "submitted/.top"], None),
        ([f"ada_{VIT}.py", ".top"], "{student}_*.py"),
        ([f"ada/{VIT}.py", "ada/.top"], "{student}/*.py"),
        ([f"{VIT}.py", ".top"], None),
    ],
)
def test_in_any_form_a_hidden_name_is_listed_once(
    form: list[str], pattern: str | None, write: Write, tmp_path: Path
) -> None:
    for name in form:
        write(name, METADATA if name.endswith(".yml") else DEFINES_VIT)
    submissions, others = both([tmp_path], pattern)
    assert submissions
    assert [item.path.name for item in others if item.why == HIDDEN] == [".top"]


def test_a_student_s_many_hidden_files_are_counted(write: Write, tmp_path: Path) -> None:
    for number in range(MOST_LEFT_OUT + 5):
        write(f"ada/.{number}.py")
    write(f"bo/{VIT}.py")
    _, others = both([tmp_path])
    assert len([item for item in others if item.why == HIDDEN]) == MOST_LEFT_OUT
    assert [item.why for item in others if "5 more files and folders" in item.why]


def test_what_gradescope_runs_lists_them_too(write: Write, tmp_path: Path) -> None:
    write(f"{VIT}.py")
    write(f".{CLS}.py")
    from support.course import ROOT

    from grader.course.catalogue import load_course

    found = find_in(tmp_path, load_course(ROOT))
    assert [item.path.name for item in found.not_understood if item.why == HIDDEN] == [f".{CLS}.py"]


@pytest.mark.parametrize("name", ["env", "venv"])
def test_a_folder_named_as_one_for_libraries_is_listed_unless_it_is_one(
    name: str, write: Write, tmp_path: Path
) -> None:
    write(f"ada/{VIT}.py")
    write(f"ada/{name}/{CLS}.py")
    write(f"bo/{VIT}.py")
    assert whys(tmp_path) == {name: INSTALLED}
    write(f"ada/{name}/pyvenv.cfg")
    assert found(tmp_path) == {("ada", f"{VIT}.py", VIT), ("bo", f"{VIT}.py", VIT)}


def test_names_of_tools() -> None:
    tools = (
        ".git .gitignore .svn .hg .idea .vscode .ipynb_checkpoints .DS_Store ._x.py __MACOSX .venv "
        ".pytest_cache .mypy_cache .ruff_cache .~lock.x.odt# .x.py.swp .#x.py .nfs00a1 .Trash-1000"
    )
    for name in tools.split():
        assert is_hidden(name) or name == "__MACOSX"
        assert is_never_work(name), name
    for name in (f".{CLS}.py", ".work", ".gits", ".swp.py", "..", ".x.swp.py", ".py"):
        assert is_hidden(name)
        assert not is_never_work(name), name
    assert not is_hidden(f"{CLS}.py")
