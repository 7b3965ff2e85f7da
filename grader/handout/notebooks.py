"""The notebooks: one for each problem, made from `problems/<id>/`, and one for instructors.

None is ever edited by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ..course.catalogue import Course, Entry

FOLDER = "notebooks"
HOW = """## Your turn

Replace the line that raises `NotImplementedError`, run the cell, and run the check below it. A
check takes some seconds the first time, and less after that. Hand in this notebook as
`{id}.ipynb`, or your function in `{id}.py`.

(Run the notebook in the folder of the course. If `grader` is not installed yet, in a hosted
notebook for example, run `%pip install .` there first.)
"""

RESULTS_NOTEBOOK = "results.ipynb"


def notebook_of(entry: Entry) -> str:
    """A notebook as text: statement, stub, check. The same files give the same text."""
    statement = (entry.folder / "README.md").read_text("utf-8")
    stub = (entry.folder / "stub.py").read_text("utf-8")
    check = f"from grader import check\n\ncheck({entry.problem.entry_point})"
    return _written(
        [
            _cell(new_markdown_cell, statement, "statement"),
            _cell(new_markdown_cell, HOW.format(id=entry.id), "your-turn"),
            _cell(new_code_cell, stub, "stub"),
            _cell(new_code_cell, check, "check"),
        ]
    )


def results_notebook() -> str:
    """The instructors' notebook as text: a folder of results as tables and pictures."""
    template = resources(__package__).joinpath("results_notebook.txt").read_text("utf-8")
    cells = []
    for part in template.split("%% ")[1:]:
        head, _, text = part.partition("\n")
        kind, name = head.split()
        cells.append(_cell(new_code_cell if kind == "code" else new_markdown_cell, text, name))
    return _written(cells)


def _written(cells: list[Any]) -> str:
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


def write_results_notebook(root: Path) -> Path:
    """Writes the instructors' notebook below `root`, and returns its path. Raises OSError."""
    path = root / FOLDER / RESULTS_NOTEBOOK
    path.parent.mkdir(exist_ok=True)
    path.write_text(results_notebook(), "utf-8")
    return path


def _cell(make: Callable[..., Any], text: str, name: str) -> Any:
    """With a name of its own for an id, since the usual one is drawn at random."""
    return make(text.strip(), id=name)
