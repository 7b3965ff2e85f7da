"""Writes what `check` shows in a notebook for one known mistake, as a page: for the picture in the
docs. As a program it gets the page's name.
"""

from __future__ import annotations

import sys
from pathlib import Path

from support.course import ROOT

from grader import check
from grader.course.catalogue import load_module

MISTAKE = "rows_and_columns_of_the_grid_swapped"

if __name__ == "__main__":
    module = load_module(ROOT / f"solutions/patch_embed_cls/wrong_answer/{MISTAKE}.py")
    shown = check(module.patch_embed_cls)._repr_html_()
    Path(sys.argv[1]).write_text(f'<meta charset="utf-8"><body>{shown}</body>', "utf-8")
