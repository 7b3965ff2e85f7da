"""How much XLA optimizes, in workers and in the grader's processes."""

import os

# Compiling takes up to 40 % less time. The references' float64 numbers stay the same to the last
# bit; float32 results of compiled loops were seen to differ in the last bit. JAX's keys of compiled
# programs contain these flags, so processes that share programs need the same ones.
XLA_FLAGS = "--xla_backend_optimization_level=1"


def set_xla_flags() -> None:
    """Sets the flags for this process and those that it starts.

    Call it before JAX computes anything: XLA reads the flags once.
    """
    os.environ["XLA_FLAGS"] = XLA_FLAGS
