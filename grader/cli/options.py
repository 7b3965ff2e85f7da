"""Options that several commands share, and the types of options."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time


def add_sandbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sandbox",
        choices=("auto", "bubblewrap", "landlock", "none"),
        default="auto",
        help="auto: bubblewrap if it works, else Landlock; none: for your own code only",
    )


def add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs", type=_at_least_one, metavar="N", help="so many at a time (default: one a core)"
    )


def add_bounds(parser: argparse.ArgumentParser) -> None:
    """Limits on one submission in place of the problem's, and on the whole run."""
    add = parser.add_argument
    add("--seconds", type=_positive, metavar="S", help="what one submission may take in all")
    add("--memory", type=_positive, metavar="GIB", help="its address space; JAX alone takes over 2")
    add("--at-most", type=_positive, metavar="MINUTES", help="stop after that, as with Ctrl-C")


def count(text: str) -> int:
    """A whole number up to a million."""
    if not (text.isascii() and text.isdigit() and int(text[:8]) <= 10**6):
        raise argparse.ArgumentTypeError("it must be a whole number up to a million")
    return int(text)


def a_seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and (value := int(text[:20])) < 2**63):
        raise argparse.ArgumentTypeError("a seed is a whole number from 0 to 2**63 - 1")
    return value


def an_assignment(text: str) -> tuple[str, int]:
    problem_id, _, number = text.partition("=")
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 20):
        raise argparse.ArgumentTypeError(
            "write ID=NUMBER, as in vit_patch_embed=12345: the number is at the end of the "
            "assignment's address in Canvas"
        )
    return problem_id, int(number)


def a_time(text: str) -> datetime:
    """A time; of a date alone the end of that day. Without an offset it is local."""
    try:
        try:
            when = datetime.combine(date.fromisoformat(text), time.max)
        except ValueError:
            when = datetime.fromisoformat(text)
        when.astimezone()  # fails if it is too far off to be compared with any other
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(
            "write '2026-03-01 23:59', 2026-03-01T23:59+01:00, or 2026-03-01 for the end of that "
            "day; without an offset it is the local time of this machine"
        ) from None
    return when


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 10**6:
        raise argparse.ArgumentTypeError("it must be a number above 0, and below a million")
    return number


def _at_least_one(text: str) -> int:
    if not (number := count(text)):
        raise argparse.ArgumentTypeError("it must be at least 1")
    return number
