"""A course that is cheap to grade with: few known mistakes, and few cases if that is wanted."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from support.course import PROBLEMS, ROOT

from grader.oracle.practice import FILE

MISTAKES = {
    "patch_embed_cls": ("channels_reversed.py", "cls_token_appended_last.py"),
    "vit_patch_embed": ("channels_reversed.py", "patches_column_by_column.py"),
}

# Three groups of each problem, of two points each.
SHORTER = """
import dataclasses

KEPT = {name: GROUPS[name] for name in ("square", "tall", "wide")}
PROBLEM = dataclasses.replace(
    PROBLEM, groups=KEPT, draw=lambda *two: (c for c in draw(*two) if c.group in KEPT)
)
"""
MOST = 6


def copy_course(root: Path, mistakes: Iterable[Path] = (), shorter: bool = True) -> Path:
    """Copies both problems to a folder with a few known mistakes, and with these mistakes too."""
    shutil.copytree(ROOT / "problems", root / "problems", ignore=shutil.ignore_patterns(FILE))
    for problem_id in PROBLEMS:
        bank, copy = ROOT / "solutions" / problem_id, root / "solutions" / problem_id
        (copy / "wrong_answer").mkdir(parents=True)
        for name in ("reference.py", "warm_up.py"):
            shutil.copyfile(bank / name, copy / name)
        few = [bank / "wrong_answer" / name for name in MISTAKES[problem_id]]
        for path in [*few, *(path for path in mistakes if path.parents[1].name == problem_id)]:
            shutil.copyfile(path, copy / "wrong_answer" / path.name)
        if shorter:
            with (root / "problems" / problem_id / "problem.py").open("a") as file:
                file.write(SHORTER)
    return root
