"""The notebooks: one for each problem, made from `problems/<id>/`, and one for instructors.

None is ever edited by hand.
"""

from __future__ import annotations

from collections.abc import Callable
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
ABOUT_RESULTS = """# A class in tables and pictures

For instructors. `grader grade SUBMISSIONS -o results` writes the folder that this notebook reads;
name it below. It needs pandas.
"""
LOAD = """from pathlib import Path

import pandas as pd
from IPython.display import HTML, display

from grader.report.results_folder import read_run
from grader.writers.charts import histogram
from grader.writers.check_html import diagnosis_html

RESULTS = Path("results")

pd.set_option("display.max_colwidth", None)
run = read_run(RESULTS)
table = pd.read_json(RESULTS / "results.jsonl", lines=True, dtype={"student": str})
table"""
VERDICTS = """table.groupby(["problem", "verdict"]).student.count().unstack(fill_value=0)"""
MARKS = """for problem, rows in table.dropna(subset="score").groupby("problem"):
    scores = rows.score.astype(int).tolist()
    display(HTML(histogram(problem, scores, int(rows.max_score.iloc[0]))))"""
MISTAKES = """wrong = table[table.verdict == "wrong_answer"].copy()
wrong["mistake"] = wrong.finding_id.fillna(wrong.kind)
wrong.fillna({"finding": "(not known)"}).groupby(["problem", "mistake"]).agg(
    finding=("finding", "first"), count=("student", "count"), students=("student", list)
).sort_values("count", ascending=False)"""
GROUPS = """groups = pd.read_json(RESULTS / "groups.jsonl", lines=True, dtype={"student": str})
groups.assign(right=groups.points == groups.max_points).groupby(
    ["problem", "purpose"], sort=False
).right.mean().to_frame("share of students who are right")"""
STUDENT = """def show(student):
    for report in run.reports:
        if report.student == student:
            print(f"{report.problem_id}: {report.verdict.words}, {report.score}/{report.max_score}")
            display(HTML(diagnosis_html(report.diagnosis, report.message)))


show(wrong.student.iloc[0] if len(wrong) else run.students[0].id)"""


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
    return _written(
        [
            _cell(make, text, name)
            for name, make, text in (
                ("about", new_markdown_cell, ABOUT_RESULTS),
                ("load", new_code_cell, LOAD),
                ("verdicts", new_code_cell, VERDICTS),
                ("marks", new_code_cell, MARKS),
                ("mistakes-about", new_markdown_cell, "## What students got wrong"),
                ("mistakes", new_code_cell, MISTAKES),
                ("groups", new_code_cell, GROUPS),
                ("student-about", new_markdown_cell, "## One student"),
                ("student", new_code_cell, STUDENT),
            )
        ]
    )


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
