"""XLA's own log: none of it reaches the terminal."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

START = """
import socket, sys
if sys.argv[1] == "quiet":
    from grader.common.xla import set_xla_flags
    set_xla_flags()
import jax
"""
# Makes XLA log an error.
LOGS = f"""{START}
with socket.create_server(("0.0.0.0", 0)) as taken:
    jax.profiler.start_server(taken.getsockname()[1])
"""

# Makes XLA say that it is slow, as it does of a compilation after two minutes.
IS_SLOW = f"""{START}
n = 2500
def constant():
    x = jax.numpy.arange(n * 1.0)
    return jax.lax.reduce_window(x, 0.0, jax.lax.add, (n,), (1,), "SAME")
jax.jit(constant)()
"""


@pytest.mark.parametrize("how", ["quiet", "as it is"])
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (LOGS, "Unable to bind"),
        pytest.param(IS_SLOW, "slow_operation_alarm", marks=pytest.mark.sweep),
    ],
)
def test_xla_logs_nothing_in_the_grader_s_processes(how: str, code: str, words: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", code, how], env=environment, capture_output=True, text=True
    )
    assert (words in done.stderr) is (how != "quiet"), done.stderr
