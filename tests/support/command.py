"""The command as people run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.course import ROOT

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
