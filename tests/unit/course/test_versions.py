"""The version of a problem: it changes with whatever may change a case or a right answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.course import ROOT

from grader.common.errors import CourseError
from grader.course.catalogue import Entry, _code_of, load_course

ID = "patch_embed_cls"
PROBLEM, REFERENCE = f"problems/{ID}/problem.py", f"solutions/{ID}/reference.py"
TALL = 'Group("a batch of tall images", 2)'


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for file in (PROBLEM, REFERENCE):
        (tmp_path / file).parent.mkdir(parents=True)
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def changed(course: Path, file: str, old: str, new: str) -> Entry:
    text = (ROOT / file).read_text("utf-8")
    assert old in text
    (course / file).write_text(text.replace(old, new, 1), "utf-8")
    return load_course(course).get(ID)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (PROBLEM, TALL, TALL.replace("2", "5")),
        (PROBLEM, TALL, TALL.replace(", 2", "")),
        (PROBLEM, TALL, TALL.replace("2", "points=3")),
        (PROBLEM, "# Each of these shapes", "# All of these shapes"),
        (PROBLEM, "p, n, d_model = ", "p,n,d_model   =  "),
        (REFERENCE, "\n\n\n", "\n\n\n# A comment.\n"),
    ],
)
def test_points_comments_and_layout_leave_it(course: Path, file: str, old: str, new: str) -> None:
    before = load_course(course).get(ID)
    assert changed(course, file, old, new).version == before.version


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (PROBLEM, "pick(2, 3), pick(3, 4)", "pick(2, 3), pick(3, 5)"),
        (PROBLEM, '"a square image"', '"a square"'),
        (PROBLEM, 'yield case("tall"', 'yield case("wide"'),
        (PROBLEM, "    groups=GROUPS,\n", '    groups=GROUPS,\n    shape="required",\n'),
        (REFERENCE, "return ", "return 1 * "),
    ],
)
def test_a_case_or_an_answer_changes_it(course: Path, file: str, old: str, new: str) -> None:
    before = load_course(course).get(ID).version
    assert changed(course, file, old, new).version != before


def test_points_are_taken_out_of_groups_only(tmp_path: Path) -> None:
    def code(text: str) -> str:
        (tmp_path / "problem.py").write_text(f"# coding: latin-1\n{text}", "latin-1")
        return _code_of(tmp_path / "problem.py")

    assert (
        code('Group("ü", 2)') == code('Group("ü", points=n + 1)  # a comment') == code('Group("ü")')
    )
    assert code('a.b.Group("x", 2)') == code('a.b.Group("x", 3)') != code('Group("x", 3)')
    assert code('f(Group(Group("x", 1).purpose, 2))') == code('f(Group(Group("x").purpose))')
    for one, other in (
        ("Group(*both, 2)", "Group(*both, 3)"),
        ("Case(x, 2)", "Case(x, 3)"),
        ("f(points=1)", "f(points=2)"),
        ("Group(purpose=1)", "Group(purpose=2)"),
    ):
        assert code(one) != code(other)


def test_the_points_themselves_are_the_new_ones(course: Path) -> None:
    entry = changed(course, PROBLEM, TALL, TALL.replace("2", "5"))
    assert entry.problem.groups["tall"].points == 5
    assert entry.problem.max_score == 23


def test_a_syntax_error_is_said_by_whoever_runs_the_file(course: Path) -> None:
    before = load_course(course).get(ID).version
    assert changed(course, REFERENCE, "return ", "return return ").version != before
    with pytest.raises(CourseError, match=r"problem\.py does not load: SyntaxError"):
        changed(course, PROBLEM, "yield case(", "yield case((")
