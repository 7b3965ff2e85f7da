"""What the tests of the command share."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import CourseOption
from support.course import ROOT
from support.small_course import copy_course

from grader.course.catalogue import load_course
from grader.handout.release import release
from grader.oracle.program_cache import keep_compiled


@pytest.fixture(scope="session")
def small(small_course: Path) -> CourseOption:
    """The option that grades with a small course: it takes a fraction of the time."""
    return "--course", small_course


@pytest.fixture(scope="session")
def course_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course with all of its groups and a few known mistakes of each problem."""
    every = sorted(ROOT.glob("solutions/*/wrong_answer/*.py"))
    return copy_course(tmp_path_factory.mktemp("whole") / "course", every[::80], shorter=False)


@pytest.fixture(scope="session")
def released(course_root: Path) -> Path:
    keep_compiled()
    destination = course_root.parent / "for students"
    release(load_course(course_root), destination, False, lambda _: None)
    return destination
