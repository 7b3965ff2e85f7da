"""`check` in a real kernel says "hand in" only if the saved notebook is accepted too."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import Execute
from support.course import entries
from support.sources import CALL, RIGHT, notebook

ID = "patch_embed_cls"
CHECK = "from grader import check\n\ncheck(patch_embed_cls)"
USES_SCALE = RIGHT.replace("+ pos_embed", "* scale + pos_embed")
USES_HELPER = "from helper import ones\n" + RIGHT.replace("+ pos_embed", "* ones() + pos_embed")


@pytest.fixture
def saved(execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Jupyter says that the notebook is."""
    path = tmp_path / "my work" / "homework 1.ipynb"
    path.parent.mkdir()
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    return path


def in_kernel(execute: Execute, stub: str, **more: str) -> str:
    answer = execute(ID, stub, **more)
    hands_in = [kind for kind, text in answer.items() if "Now hand in" in text]
    assert hands_in in ([], ["text/html", "text/plain"], ["text/plain", "text/html"])
    return answer["text/plain"] + "\n" + answer["text/html"]


def test_saved_and_right(saved: Path, execute: Execute) -> None:
    saved.write_bytes(notebook("1 / 0", RIGHT, CHECK))
    text = in_kernel(execute, RIGHT)
    assert "right, also in homework 1.ipynb as it is saved. Now hand in" in text
    assert "patch_embed_cls: accepted" in text
    assert "ZeroDivisionError" in text


@pytest.mark.sweep
@pytest.mark.parametrize("older", [CALL + "return x", "template"])
def test_not_saved_since(older: str, saved: Path, execute: Execute) -> None:
    template = (entries()[ID].folder / "stub.py").read_text()
    saved.write_bytes(notebook(template if older == "template" else older, CHECK))
    text = in_kernel(execute, RIGHT)
    assert "homework 1.ipynb was saved without it" in text
    assert "Save the notebook (Ctrl-S) and check again" in text
    assert "Now hand in" not in text
    assert "accepted" not in text


def test_a_name_that_only_the_kernel_has(saved: Path, execute: Execute) -> None:
    saved.write_bytes(notebook(USES_SCALE, CHECK))
    text = in_kernel(execute, USES_SCALE, before="scale = 1.0")
    assert "It fails when homework 1.ipynb is run from the top in a fresh process" in text
    assert "name 'scale' is not defined" in text
    assert "cell 1, line " in text
    assert "only this kernel's memory has this name" in text
    assert "Now hand in" not in text


@pytest.mark.sweep
def test_a_function_of_another_name(saved: Path, execute: Execute) -> None:
    mine = RIGHT.replace("def patch_embed_cls", "def my_patches")
    check = f"from grader import check\n\ncheck(my_patches, {ID!r})"
    saved.write_bytes(notebook(mine, check))
    text = in_kernel(execute, mine, check=check)
    assert "no function called `patch_embed_cls`" in text
    assert "Give your function this name" in text
    assert "Now hand in" not in text


@pytest.mark.parametrize("said", ["", "Console 1", "renamed since.ipynb"])
@pytest.mark.sweep
def test_nobody_says_which_file(
    said: str,
    execute: Execute,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if said:
        monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / said))
    text = in_kernel(execute, RIGHT)
    assert "All groups are right" in text
    assert "`grader check patch_embed_cls.ipynb`" in text
    assert "Now hand in" not in text


@pytest.mark.parametrize("beside", [False, True])
@pytest.mark.sweep
def test_a_module_of_the_students_own(beside: bool, saved: Path, execute: Execute) -> None:
    """Graded with the notebook if it lies beside it, and else missing, whatever `sys.path` says."""
    folder = saved.parent if beside else saved.parent.parent
    (folder / "helper.py").write_text("def ones():\n    return 1.0\n")
    path = f"import sys\nsys.path.insert(0, {str(folder)!r})"
    saved.write_bytes(notebook(path, USES_HELPER, CHECK))
    text = in_kernel(execute, USES_HELPER, before=path)
    assert ("Now hand in" in text) == beside
    assert ("No module named 'helper'" in text) != beside
