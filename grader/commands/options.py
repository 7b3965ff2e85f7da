"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_course(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--course", type=Path, metavar="FOLDER", help="the course to work with (default: this one)"
    )


def add_sandbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sandbox",
        choices=("auto", "bubblewrap", "landlock", "none"),
        default="auto",
        help="auto takes bubblewrap where it works, else Landlock; none is for your own code only",
    )


def count(text: str) -> int:
    """A whole number up to a million."""
    if not (text.isascii() and text.isdigit() and int(text[:8]) <= 10**6):
        raise argparse.ArgumentTypeError("it must be a whole number up to a million")
    return int(text)
