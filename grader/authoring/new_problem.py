"""The skeleton of a problem: every file that an author owes, marked TODO where one is to write."""

from __future__ import annotations

import keyword
import re
from importlib.resources import files as resources
from pathlib import Path
from string import Template

from ..common.errors import UsageError
from ..course.files import Files


def write_skeleton(root: Path, problem_id: str) -> list[Path]:
    """Writes the files of a new problem into a course and returns them.

    Raises UsageError where the name is no name for a problem, or any of its files is there.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", problem_id) or keyword.iskeyword(problem_id):
        raise UsageError(
            f"`{problem_id}` can't be a problem's name: use lower-case letters, digits and "
            "underscores, such as `layer_norm`."
        )
    files = Files(root, problem_id)
    texts = {
        files.problem / "README.md": "README.md",
        files.problem / "hints.md": "hints.md",
        files.problem / "problem.py": "problem.py",
        files.problem / "stub.py": "stub.py",
        files.solutions / "reference.py": "reference.py",
        files.independent: "independent.py",
        files.solutions / "accepted" / "another_way.py": "another_way.py",
        files.solutions / "wrong_answer" / "a_known_mistake.py": "a_known_mistake.py",
    }
    for path in texts:
        if path.exists():
            raise UsageError(f"{path} is there already, and nothing was written.")
    for path, name in texts.items():
        template = resources(__package__).joinpath("skeleton", f"{name}.txt")
        text = Template(template.read_text(encoding="utf-8")).substitute(id=problem_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)
