"""The command `grader`."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from ..common.errors import INTERRUPTED, USAGE_ERROR, GraderError
from ..common.log import start_log
from ..common.xla import set_xla_flags

# Each command with its module and a line of help.
COMMANDS = {
    "check": ("check", "check your own work"),
    "list": ("list_problems", "list the problems, and show how far you are"),
    "show": ("one_problem", "show the statement of a problem"),
    "hint": ("one_problem", "show the next hint"),
    "solution": ("one_problem", "show a solution, once yours is accepted"),
    "grade": ("grade", "grade submissions in a sandbox"),
    "results": ("results", "write all outputs of a results folder again"),
    "explain": ("explain", "show all reports about one student"),
    "gradescope": ("gradescope", "build an autograder for Gradescope"),
    "release": ("release", "write the course for students, without its solutions"),
    "notebooks": ("notebooks", "write the notebooks"),
    "verify": ("verify", "prove that problems are sound"),
    "new": ("new", "begin a new problem"),
}
COURSE = "the course to work with (default: this one)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit status.

    0: it worked. 1: something is wrong or unsound. 2: the command was wrong. 3: judge error.
    124: the time of --at-most is over. 130: Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a character
    set_xla_flags()
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        options = _parser(arguments).parse_args(arguments)
        start_log(options.verbose)
        return int(options.run(options))
    except GraderError as error:
        _say(error)
        return error.exit_status
    except OSError as error:  # a path of the user's that can't be read or written
        _say(f"{error.filename}: {error.strerror}" if error.filename else error)
        return USAGE_ERROR
    except KeyboardInterrupt:
        print("\nStopped. Every worker has ended, and nothing was written.", file=sys.stderr)
        return INTERRUPTED


def _say(message: object) -> None:
    from ..writers.terminal import Terminal

    Terminal(stderr=True).say(message)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Knows all commands, and the options of those whose names are among the arguments."""
    parser = argparse.ArgumentParser(
        prog="grader",
        description="Graded exercises in JAX, Flax and NumPy, and the grader that judges them.",
    )
    _add_verbose(parser, default=0)
    commands = parser.add_subparsers(
        title="commands", required=True, metavar="COMMAND", dest="command"
    )
    for name, (module_name, help_) in COMMANDS.items():
        command = commands.add_parser(name, help=help_)
        if name in arguments:
            module = import_module(f".{module_name}", __package__)
            command.description = module.__doc__
            if hasattr(module, "add_options"):
                module.add_options(command)
            if name != "explain":  # which reads a run, not a course
                command.add_argument("--course", type=Path, metavar="FOLDER", help=COURSE)
            _add_verbose(command, default=argparse.SUPPRESS)
            command.set_defaults(run=module.run)
    return parser


def _add_verbose(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument(
        "-v", "--verbose", action="count", default=default, help="show the log; -vv shows more"
    )
