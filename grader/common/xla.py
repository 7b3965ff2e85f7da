"""How much XLA optimizes, in workers and in the grader's processes, and that it says nothing."""

import os

# Compiling takes up to 40 % less time. The references' float64 numbers stay the same to the last
# bit; float32 results of compiled loops were seen to differ in the last bit. JAX's keys of compiled
# programs contain these flags, so processes that share programs need the same ones.
XLA_FLAGS = "--xla_backend_optimization_level=1"


def set_xla_flags() -> None:
    """Sets the flags for this process and those that it starts, and keeps XLA's own log, such as
    "very slow compile", off standard error; TF_CPP_MIN_LOG_LEVEL=0 in the environment shows it.

    Call it before JAX computes anything: XLA reads the flags once.
    """
    os.environ["XLA_FLAGS"] = XLA_FLAGS
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # what ends the process is still written
