"""XLA's own log: none of it reaches the terminal."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

# Makes XLA log an error, as it also does when a compilation is very slow.
LOGS = """
import socket, sys
if sys.argv[1] == "quiet":
    from grader.common.xla import set_xla_flags
    set_xla_flags()
import jax
with socket.create_server(("0.0.0.0", 0)) as taken:
    jax.profiler.start_server(taken.getsockname()[1])
"""


@pytest.mark.parametrize("how", ["quiet", "as it is"])
def test_xla_logs_nothing_in_the_grader_s_processes(how: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", LOGS, how], env=environment, capture_output=True, text=True
    )
    assert ("Unable to bind" in done.stderr) is (how != "quiet"), done.stderr
