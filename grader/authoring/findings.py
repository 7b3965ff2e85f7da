"""What the trials of a problem's banks show, taken together. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ..common.verdict import Verdict
from .trial import MARGIN, Trial


@dataclass(frozen=True)
class Margins:
    """How far right ways and mistakes are from the tolerance, in units of float32 rounding.

    right: the largest error of all right ways. bound: what is allowed. wrong: the largest error in
    a run of the mistake that shows least; smallest_mistake: its file.
    """

    right: float
    bound: float
    wrong: float
    smallest_mistake: str

    @property
    def margin_below(self) -> float:
        return self.bound / self.right if self.right else math.inf

    @property
    def margin_above(self) -> float:
        return self.wrong / self.bound


def margins(trials: Sequence[Trial], bound: float) -> Margins:
    """Over all trials. One that ended early errs by at least `MARGIN` times the bound."""
    right = [t.error for t in trials if t.expected_verdict is Verdict.ACCEPTED]
    enough = MARGIN * bound
    mistakes = [t for t in trials if t.expected_verdict is Verdict.WRONG_ANSWER]
    wrong = [(t.error, t.file) for t in mistakes if t.whole or t.error < enough]
    least, file = min(wrong, default=(enough, ""))
    return Margins(max(right, default=0.0), bound, least, file)


@dataclass(frozen=True)
class KillMatrix:
    """rates[file][group]: the share of the runs in which a group catches a mistake. caught_by_one:
    the mistakes that a single group catches, with that group. not_needed: the groups without which
    each mistake is still caught in every run.
    """

    groups: tuple[str, ...]
    runs: int
    rates: dict[str, dict[str, float]]
    caught_by_one: dict[str, str]
    not_needed: tuple[str, ...]


def kill_matrix(trials: Sequence[Trial], groups: Sequence[str]) -> KillMatrix:
    """From the runs in which all cases of each mistake and each crash were tried."""
    runs: dict[str, list[frozenset[str]]] = defaultdict(list)
    for trial in trials:
        if trial.whole and trial.expected_verdict in (Verdict.WRONG_ANSWER, Verdict.RUN_TIME_ERROR):
            runs[trial.file].append(trial.caught)
    rates = {
        file: {g: sum(g in caught for caught in found) / len(found) for g in groups}
        for file, found in sorted(runs.items(), reverse=True)
    }
    caught_by_one, needed = {}, set[str]()
    for file, found in runs.items():
        together = frozenset().union(*found)
        if len(together) == 1:
            (caught_by_one[file],) = together
        for caught in found:
            if len(caught) == 1:
                needed |= caught
    not_needed = tuple(group for group in groups if group not in needed)
    most = max((len(found) for found in runs.values()), default=0)
    return KillMatrix(tuple(groups), most, rates, caught_by_one, not_needed)


def chance_of_a_miss(trials: Sequence[Trial]) -> tuple[int, float]:
    """How many times a mistake was accepted, and the chance per run that one is: the upper end of
    a 95 % interval. After n runs without a miss it is 3/n (the rule of three).
    """
    tried = [t for t in trials if t.expected_verdict is Verdict.WRONG_ANSWER]
    missed = sum(t.verdict is Verdict.ACCEPTED for t in tried)
    if not missed:
        return 0, min(1.0, 3 / max(len(tried), 1))
    share = missed / len(tried)
    return missed, min(1.0, share + 1.96 * math.sqrt(share * (1 - share) / len(tried)))
