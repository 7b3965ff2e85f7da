"""The skeleton of a problem: every file that an author must write, with a TODO in each."""

from __future__ import annotations

import keyword
import re
from importlib.resources import files as resources
from pathlib import Path
from string import Template

from ..common.errors import UsageError
from ..course.files import Files


def course_around(folder: Path) -> Path:
    """The course around a folder, so that authors see where files go. Raises UsageError."""
    for root in (folder, *folder.parents):
        if (root / "problems").is_dir():
            return root
    raise UsageError(
        f"{folder} is in no course: neither it nor a folder above it has a folder `problems`. Go "
        "to your course, or name it: --course FOLDER."
    )


def write_skeleton(root: Path, problem_id: str) -> list[Path]:
    """Writes the files of a new problem into a course and returns them.

    Raises UsageError if there is no folder `problems`, if the name can't be a problem's, or if any
    of the files exists.
    """
    if not (root / "problems").is_dir():
        raise UsageError(f"{root} is no course: it has no folder `problems`. Make it first.")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", problem_id) or keyword.iskeyword(problem_id):
        raise UsageError(
            f"`{problem_id}` can't be a problem's name: use lower-case letters, digits and "
            "underscores, such as `layer_norm`."
        )
    files = Files(root, problem_id)
    paths = [
        *files.owed,
        files.solutions / "accepted" / "another_way.py",
        files.solutions / "wrong_answer" / "a_known_mistake.py",
    ]
    for path in paths:
        if path.exists():
            raise UsageError(f"{path} is there already, and nothing was written.")
    for path in paths:
        name = "independent.py" if path == files.independent else path.name
        template = resources(__package__).joinpath("skeleton", f"{name}.txt")
        text = Template(template.read_text(encoding="utf-8")).substitute(id=problem_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return paths
