"""The command as people run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from support.course import ROOT

EXAMPLE_CLASS = ROOT / "examples" / "class"
CourseOption = tuple[str, Path]
Execute = Callable[..., dict[str, str]]  # runs a notebook in a kernel; see `conftest.execute`
GRADER = Path(sys.executable).with_name("grader")


def run(
    *arguments: object, cwd: Path = ROOT, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GRADER, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@cache
def report_schema() -> dict[str, Any]:
    """The schema of a report as JSON."""
    schema: dict[str, Any] = json.loads((ROOT / "grader/report/report.schema.json").read_text())
    return schema


def graded(tmp_path: Path, *arguments: object, **more: Any) -> dict[str, Any]:
    """The JSON of a run that must work."""
    file = tmp_path / "out.json"
    done = run("grade", *arguments, "--json", file, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    document: dict[str, Any] = json.loads(file.read_text())
    jsonschema.validate(document, report_schema())
    return document


def student(folder: Path, name: str, source: str, file: str = "patch_embed_cls.py") -> Path:
    path = folder / name / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    return path
