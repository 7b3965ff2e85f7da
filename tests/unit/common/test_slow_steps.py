"""A sentence for a step that takes a while, and none for a quick one."""

from __future__ import annotations

import threading

import pytest

from grader.common.slow_steps import say_if_slow


def test_a_slow_step_is_said_once_while_it_runs() -> None:
    said: list[str] = []
    spoken = threading.Event()

    def say(sentence: str) -> None:
        said.append(sentence)
        spoken.set()

    with say_if_slow(say, "Reading …", after=0):
        assert spoken.wait(60)
    assert said == ["Reading …"]


def test_a_quick_step_is_not_said_also_if_it_fails() -> None:
    said: list[str] = []
    threads = threading.active_count()
    with pytest.raises(KeyError), say_if_slow(said.append, "Reading …", after=1000):
        raise KeyError
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(60)
    assert threading.active_count() <= threads
    assert said == []
