"""The log of a command: failures that cost only time or comfort, and so are no errors.

Each module has its own logger, `log = logging.getLogger(__name__)`. The levels:

- WARNING: the user should do something. Always shown.
- INFO: something failed, and a slower or simpler way was used. `-v` shows it. The last lines go
  into each judge error, which others may read: so they name no student.
- DEBUG: the rest. `-vv` shows it.

A failure without any effect (a file is already gone) is not logged.

Warnings of Python, JAX and Flax are about the author's code: only `-v` shows them.
"""

import contextlib
import logging
import sys
from collections import deque

from .text import visible

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
KEPT = 20  # lines
OTHERS = ("py.warnings", "jax", "flax", "absl")  # loggers; the first gets Python's warnings
LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)  # shown without -v, with -v, with -vv

_last: deque[str] = deque(maxlen=KEPT)


def start_log(verbosity: int = 0) -> None:
    """Shows the log of this process on standard error from now on, and keeps its last lines.

    verbosity: how often -v was given.
    """
    _last.clear()
    level = LEVELS[min(verbosity, len(LEVELS) - 1)]
    logger = logging.getLogger(__package__.partition(".")[0])
    logger.setLevel(min(level, logging.INFO))
    logger.handlers = [_Handler(level)]
    logging.captureWarnings(True)
    for name in OTHERS:
        logging.getLogger(name).handlers = [_Handler(max(level, logging.INFO) + 10, kept=False)]


def last_lines() -> list[str]:
    """The last lines at INFO and above, oldest first; none before `start_log`."""
    return list(_last)


class _Handler(logging.Handler):
    """Keeps and shows each record as one visible line, because it may quote students' texts.

    shown: from which level on. kept: whether `last_lines` has them, which may name no student.
    """

    def __init__(self, shown: int, kept: bool = True) -> None:
        super().__init__()
        self.shown, self.kept = shown, kept
        self.setFormatter(logging.Formatter(FORMAT, "%X"))

    def emit(self, record: logging.LogRecord) -> None:
        line = visible(self.format(record))
        if self.kept and record.levelno >= logging.INFO:
            _last.append(line)
        if record.levelno >= self.shown:
            with contextlib.suppress(OSError):  # standard error is closed
                # Looked up each time, because a live progress bar replaces sys.stderr.
                print(line, file=sys.stderr, flush=True)
