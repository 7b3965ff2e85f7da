"""What a report says about late work: the source's word, else the due time, and no more."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples

from grader.submissions import HandedIn
from grader.submissions.lateness import late_words
from grader.submissions.times import OWN_TIME

OFFSETS = st.none() | st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
TIMES = st.builds(
    lambda when, zone: when.replace(microsecond=0, fold=0, tzinfo=zone),
    st.datetimes(datetime(1980, 1, 2), datetime(2200, 1, 1)),
    OFFSETS,
)
SYSTEMS = st.sampled_from(["Blackboard", "Brightspace", "nbgrader", "Gradescope", OWN_TIME])
UNITS = {"day": 86_400, "h": 3_600, "min": 60}
AMOUNT = re.compile(r"late by ((?:\d+ (?:days?|h|min) ?)+|less than 1 min)(?: \(by (.+)\))?")


@pytest.fixture(params=["UTC", "Europe/Berlin", "America/Los_Angeles"], autouse=True)
def _somewhere(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@given(TIMES, TIMES | st.none(), SYSTEMS)
@examples(200)
def test_late_is_what_came_after_the_due_time(
    when: datetime, due: datetime | None, system: str
) -> None:
    shown, late = late_words(HandedIn(time=when.isoformat(), said_by=system), due)
    assert shown.startswith(f"{when:%Y-%m-%d %H:%M}")
    assert shown.endswith(f" ({system})")
    seconds = when.timestamp() - due.timestamp() if due else 0.0  # local if without an offset
    assert bool(late) is (seconds > 0)
    if late:
        match = AMOUNT.fullmatch(late)
        assert match is not None
        assert match[2] == (OWN_TIME if system == OWN_TIME else None)
        said = re.findall(r"(\d+) (day|h|min)", match[1]) if "less" not in match[1] else []
        shortest = 3_600 if "day" in match[1] else 60
        rest = seconds - sum(int(number) * UNITS[unit] for number, unit in said)
        assert 0 <= rest < shortest


@given(TIMES | st.none(), TIMES | st.none(), SYSTEMS)
def test_the_source_s_own_word_counts_first(
    when: datetime | None, due: datetime | None, system: str
) -> None:
    said = HandedIn(time=when.isoformat() if when else "", said_by=system, late=True)
    shown, late = late_words(said, due)
    assert late == "late"
    assert bool(shown) is (when is not None)


@given(TIMES)
def test_a_source_without_times_is_believed(due: datetime) -> None:
    assert late_words(HandedIn((0, 7), said_by="Canvas", modified=4e9), due) == ("", "")
    assert late_words(HandedIn(), due) == ("", "")


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (timedelta(0), ""),
        (timedelta(seconds=59), "late by less than 1 min"),
        (timedelta(hours=2), "late by 2 h"),
        (timedelta(hours=2, minutes=5, seconds=59), "late by 2 h 5 min"),
        (timedelta(days=1, minutes=5), "late by 1 day"),
        (timedelta(days=3, hours=1, minutes=59), "late by 3 days 1 h"),
    ],
)
def test_an_amount_is_rounded_down(late: timedelta, words: str) -> None:
    due = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
    handed_in = HandedIn(time=(due + late).isoformat(), said_by="Gradescope")
    shown, said = late_words(handed_in, due)
    assert said == words
    assert shown.endswith(" UTC (Gradescope)")
