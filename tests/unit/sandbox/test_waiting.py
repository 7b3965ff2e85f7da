"""How long others kept a worker from a processor: never more than they did."""

from __future__ import annotations

import random
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples

from grader.sandbox.waiting import Reading, kept_waiting

NOTHING = Reading()


@dataclass(frozen=True)
class Machine:
    """What a made-up machine did: the worker's reading, and how many of the steps passed in which
    a thread of it waited while none of its own computed.
    """

    reading: Reading
    kept: int


def run(processors: int, threads: int, others: int, steps: int, seed: int) -> Machine:
    """Each step, some threads want a processor, and chance chooses who gets one."""
    chance = random.Random(seed)
    ran, waited = [0] * threads, [0] * threads
    eager = [chance.random() for _ in range(threads)]
    kept = 0
    for _ in range(steps):
        wants = [thread for thread in range(threads) if chance.random() < eager[thread]]
        runnable: list[int | None] = [*wants, *[None] * others]
        running = chance.sample(runnable, min(processors, len(runnable)))
        for thread in wants:
            (ran if thread in running else waited)[thread] += 1
        kept += bool(wants) and not any(thread in running for thread in wants)
    return Machine(Reading(sum(ran), dict(enumerate(zip(ran, waited, strict=True)))), kept)


@examples(300)
@given(
    processors=st.integers(1, 4),
    threads=st.integers(1, 40),
    others=st.integers(0, 20),
    steps=st.integers(0, 60),
    seed=st.integers(0, 10**6),
)
def test_no_more_counts_than_others_did(
    processors: int, threads: int, others: int, steps: int, seed: int
) -> None:
    machine = run(processors, threads, others, steps, seed)
    assert 0 <= kept_waiting(NOTHING, machine.reading) <= machine.kept
    if not others:
        assert kept_waiting(NOTHING, machine.reading) == 0


@examples(50)
@given(others=st.integers(0, 20), seed=st.integers(0, 10**6))
def test_of_one_thread_all_that_it_waited_counts(others: int, seed: int) -> None:
    machine = run(1, 1, others, 50, seed)
    assert kept_waiting(NOTHING, machine.reading) == machine.kept


def test_only_what_is_between_the_readings_counts() -> None:
    before = Reading(10.0, {1: (8.0, 30.0), 2: (2.0, 30.0)})
    after = Reading(14.0, {1: (9.0, 39.0), 3: (3.0, 1.0)})
    assert kept_waiting(before, after) == 6  # the first waited 9 s, in 3 of which the third ran


def test_a_sleeper_was_kept_by_nobody() -> None:
    assert kept_waiting(NOTHING, Reading(0.02, {1: (0.02, 0.0)})) == 0
    assert kept_waiting(NOTHING, NOTHING) == 0
