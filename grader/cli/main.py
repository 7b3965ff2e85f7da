"""The command `grader`."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from ..common.xla import set_xla_flags
from . import (
    INTERRUPTED,
    check,
    course,
    explain,
    grade,
    gradescope,
    new,
    notebooks,
    release,
    verify,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status.

    0 it worked, 1 a problem is unsound, 2 usage, 3 judge error, 130 Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a character
    set_xla_flags()
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        print("\nStopped; every worker has been ended and nothing was written.", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grader",
        description="Graded exercises in JAX, Flax and NumPy, and the grader that judges them.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in (check, course, grade, explain, gradescope, release, notebooks, verify, new):
        command.add(commands)
    return parser
