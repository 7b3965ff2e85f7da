"""Which file a kernel's notebook is, by what Jupyter and VS Code say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.kernels.kernelmanager import MappingKernelManager
from jupyter_server.services.sessions.sessionmanager import SessionManager

from grader.student.saved_notebook import notebook_file


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A server's folder with a notebook and a script in a folder inside."""
    for name in ("Seán's work/a b.ipynb", "Seán's work/jupytext.py", "Console 1"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def said_by_jupyter(root: Path, path: str, name: str | None) -> dict[str, str]:
    sessions = SessionManager(kernel_manager=MappingKernelManager(root_dir=str(root)))
    return sessions.get_kernel_env(path, name)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["a b.ipynb", "jupytext.py"])
def test_jupyters_server_says_it(name: str, course: Path) -> None:
    folder = course / "Seán's work"
    environment = said_by_jupyter(course, f"Seán's work/{name}", name)
    assert notebook_file(environment, {}, folder) == folder / name
    # An older server says it from its own folder.
    environment = {"JPY_SESSION_NAME": f"Seán's work/{name}"}
    assert notebook_file(environment, {}, folder) == folder / name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("console-1-0f3", "Console 1"),
        ("Seán's work/renamed.ipynb", "renamed.ipynb"),
        ("Seán's work/a b.ipynb", ""),
    ],
)
def test_nobody_says_it(path: str, name: str, course: Path) -> None:
    assert notebook_file(said_by_jupyter(course, path, name), {}, course) is None
    assert notebook_file({}, {}, course) is None


@pytest.mark.parametrize("value", [None, 3, "", "/no/such.ipynb", "\0.ipynb", 999 * "x" + ".py"])
def test_vs_code_says_it_unless_the_file_is_elsewhere(value: Any, course: Path) -> None:
    file, other = course / "Seán's work" / "a b.ipynb", course / "other.ipynb"
    other.touch()
    environment = {"JPY_SESSION_NAME": str(other)}
    names = {"__vsc_ipynb_file__": str(file)}
    assert notebook_file(environment, names, course) == file
    assert notebook_file(environment, {"__vsc_ipynb_file__": value}, course) == other
