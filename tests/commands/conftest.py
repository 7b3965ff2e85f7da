"""What the tests of the command share."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from support.command import CourseOption, Execute
from support.course import ROOT, entries
from support.small_course import copy_course

from grader.course.catalogue import load_course
from grader.handout.notebooks import notebook_of
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


@pytest.fixture
def execute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Execute:
    """Runs a notebook from top to bottom with another stub; the check's answer by its type."""
    monkeypatch.setenv("JUPYTER_ALLOW_INSECURE_WRITES", "1")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)

    def execute(
        problem_id: str, stub: str | None, course: Path = ROOT, *, before: str = "", check: str = ""
    ) -> dict[str, str]:
        """before: a cell that is run first. check: in place of the check's cell."""
        monkeypatch.setenv("PYTHONPATH", str(course))
        notebook = nbformat.reads(notebook_of(entries()[problem_id]), as_version=4)
        cells = {cell["id"]: cell for cell in notebook.cells}
        if stub is not None:
            cells["stub"].source = stub
        cells["check"].source = check or cells["check"].source
        if before:
            notebook.cells.insert(0, new_code_cell(before))
        client = NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": course}}
        )
        client.execute()
        (result,) = (o for o in cells["check"].outputs if o.output_type == "execute_result")
        return dict(result["data"])

    return execute
