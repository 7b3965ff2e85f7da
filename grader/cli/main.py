"""The command `grader`."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence

from ..common.errors import INTERRUPTED, USAGE_ERROR, GraderError
from ..common.log import start_log
from ..common.xla import set_xla_flags
from . import check, course, explain, grade, gradescope, new, notebooks, release, verify


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status.

    0: it worked. 1: something is wrong or unsound. 2: the command was wrong. 3: judge error.
    130: Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a character
    set_xla_flags()
    options = _parser().parse_args(arguments)
    start_log(options.verbose + options.verbose_after)
    try:
        return int(options.run(options))
    except GraderError as error:
        _say(error)
        return error.exit_status
    except OSError as error:  # a path of the user's that can't be read or written
        _say(f"{error.filename}: {error.strerror}" if error.filename else error)
        return USAGE_ERROR
    except KeyboardInterrupt:
        print("\nStopped; every worker has been ended and nothing was written.", file=sys.stderr)
        return INTERRUPTED


def _say(what: object) -> None:
    from ..writers.terminal import Terminal

    Terminal(stderr=True).say(what)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="grader",
        description="Graded exercises in JAX, Flax and NumPy, and the grader that judges them.",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in (check, course, grade, explain, gradescope, release, notebooks, verify, new):
        command.add(commands)
    _add_verbose(parser, "verbose")
    for name in commands.choices.values():
        _add_verbose(name, "verbose_after")
    return parser


def _add_verbose(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=0,
        dest=name,
        help="say what is done in a slower way than it should be, and why; -vv says more",
    )
