"""The log of a command: what costs only time or comfort, and is therefore no error.

Each module has its own logger, `log = logging.getLogger(__name__)`. Its levels:

- WARNING: what the user should act on. It is always shown.
- INFO: what went otherwise than meant, and was done in a slower or simpler way. `-v` shows it, and
  the last lines go into each judge error, which others may read: so they name no student.
- DEBUG: the rest. `-vv` shows it.

What means nothing at all (a file is already gone) is not logged.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections import deque

from .text import visible

KEPT = 20  # lines
LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)  # shown without -v, with -v, with -vv

_last: deque[str] = deque(maxlen=KEPT)


def start_log(verbosity: int = 0) -> None:
    """From now on, this process shows its log on standard error and keeps the last lines.

    verbosity: how often the user said -v.
    """
    _last.clear()
    level = LEVELS[min(verbosity, len(LEVELS) - 1)]
    logger = logging.getLogger(__package__.partition(".")[0])
    logger.setLevel(min(level, logging.INFO))
    logger.handlers = [_Shown(level), _Kept(logging.INFO)]
    for handler in logger.handlers:
        handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s", "%X"))


def last_lines() -> list[str]:
    """The last lines at INFO and above, the newest at the end; none if no log was started."""
    return list(_last)


class _OneLine(logging.Formatter):
    """A record as one visible line, whatever names and words of others it quotes."""

    def format(self, record: logging.LogRecord) -> str:
        return visible(super().format(record))


class _Shown(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        # Looked up each time: a live progress bar stands in for it to stay below the lines.
        with contextlib.suppress(OSError):  # nobody reads it any more
            print(self.format(record), file=sys.stderr, flush=True)


class _Kept(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _last.append(self.format(record))
