"""The notebooks: one for each problem, made from `problems/<id>/`, and one for instructors.

None is ever edited by hand.
"""

from collections.abc import Callable
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from ..course.catalogue import Course, Entry

FOLDER = "notebooks"
MAKE_CELL: dict[str, Callable[..., Any]] = {"code": new_code_cell, "markdown": new_markdown_cell}
HOW = """## Your turn

Replace the line that raises `NotImplementedError`, run the cell, and run the check below it. A
check takes some seconds the first time, and less after that. If all is right, it also runs the
notebook as you saved it last, so save it (Ctrl-S) before you check. Hand in this notebook as
`{id}.ipynb`, or your function in `{id}.py`.

(Run the notebook in the folder of the course. If `grader` is not installed yet, in a hosted
notebook for example, run `%pip install .` there first.)
"""


def notebook_of(entry: Entry) -> str:
    """A notebook as text: statement, stub, check. The same files give the same text."""
    statement = (entry.folder / "README.md").read_text("utf-8")
    stub = (entry.folder / "stub.py").read_text("utf-8")
    check = f"from grader import check\n\ncheck({entry.problem.entry_point})"
    return _notebook(
        ("markdown", "statement", statement),
        ("markdown", "your-turn", HOW.format(id=entry.id)),
        ("code", "stub", stub),
        ("code", "check", check),
    )


def results_notebook() -> str:
    """The instructors' notebook as text: a folder of results as tables and pictures."""
    template = resources(__package__).joinpath("results_notebook.txt").read_text("utf-8")
    cells = []
    for part in template.split("%% ")[1:]:
        head, _, text = part.partition("\n")
        kind, name = head.split()
        cells.append((kind, name, text))
    return _notebook(*cells)


def _notebook(*parts: tuple[str, str, str]) -> str:
    """parts: the type, name and text of each cell. The name is its id: ours stay as they are."""
    cells = [MAKE_CELL[kind](text.strip(), id=name) for kind, name, text in parts]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = new_notebook(cells=cells, metadata=about)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def write_notebooks(course: Course, root: Path) -> list[Path]:
    """Writes one for each problem below `root`, and returns their paths. Raises OSError."""
    return [_write(root, entry.id, notebook_of(entry)) for entry in course.entries.values()]


def write_results_notebook(root: Path) -> Path:
    """Writes the instructors' notebook below `root`, and returns its path. Raises OSError."""
    return _write(root, "results", results_notebook())


def _write(root: Path, name: str, text: str) -> Path:
    path = root / FOLDER / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path
