"""Fixtures of the tests that run submissions in sandboxes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.classes import CLS, Write

from grader.submissions import Submission


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(
        student: str, text: str | bytes, suffix: str = ".py", problem_id: str = CLS
    ) -> Submission:
        path = tmp_path / student.replace("/", " ") / f"{problem_id}{suffix}"
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return Submission(student, path, problem_id)

    return write
