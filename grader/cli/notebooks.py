"""Writes the notebooks: notebooks/ID.ipynb for each problem, from its statement and its stub, and
the instructors' notebook.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ..common.errors import WORKED
from ..course.catalogue import find_course
from ..handout.notebooks import write_notebooks, write_results_notebook
from ..writers.terminal import Terminal


def run(options: argparse.Namespace) -> int:
    course = find_course(options.course, Path.cwd())
    console = Terminal()
    for path in (*write_notebooks(course, course.root), write_results_notebook(course.root)):
        console.say(path)
    return WORKED
