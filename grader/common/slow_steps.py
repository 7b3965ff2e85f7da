"""Says what a command does when that takes a while, and nothing if it doesn't."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SLOW = 2.0  # seconds


@contextmanager
def say_if_slow(say: Callable[[str], None], sentence: str, after: float = SLOW) -> Iterator[None]:
    """Says the sentence once if the block takes longer than so many seconds.

    `say` is called on another thread, and never after the block has ended.
    """
    speaking = threading.Lock()
    over = False

    def speak() -> None:
        with speaking:
            if not over:
                say(sentence)

    timer = threading.Timer(after, speak)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with speaking:
            over = True
