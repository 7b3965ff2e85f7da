"""The students' notebooks: made from `problems/<id>/`, one for each, and never edited by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from .catalogue import Course, Entry

FOLDER = "notebooks"
HOW = """## Your turn

Replace the line that raises `NotImplementedError`, run the cell, and run the check below it. A
check takes some seconds the first time, and less from then on. Hand in this notebook as
`{id}.ipynb`, or your function in `{id}.py`.

(Run the notebook in the folder of the course. Where `grader` is not installed yet, in a hosted
notebook for example, run `%pip install .` there first.)
"""


def notebook_of(entry: Entry) -> str:
    """A notebook as text: statement, stub, check. The same files give the same text."""
    statement = (entry.folder / "README.md").read_text("utf-8")
    stub = (entry.folder / "stub.py").read_text("utf-8")
    check = f"from grader import check\n\ncheck({entry.problem.entry_point})"
    cells: list[Any] = [
        _cell(new_markdown_cell, statement, "statement"),
        _cell(new_markdown_cell, HOW.format(id=entry.id), "your-turn"),
        _cell(new_code_cell, stub, "stub"),
        _cell(new_code_cell, check, "check"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = new_notebook(cells=cells, metadata=about)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def write_notebooks(course: Course, root: Path) -> list[Path]:
    """Writes one for each problem below `root`, and returns their paths. Raises OSError."""
    written = []
    for entry in course.entries.values():
        path = root / FOLDER / f"{entry.id}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(notebook_of(entry), "utf-8")
        written.append(path)
    return written


def _cell(make: Callable[..., Any], text: str, name: str) -> Any:
    """With a name of its own for an id, since the usual one is drawn at random."""
    return make(text.strip(), id=name)
