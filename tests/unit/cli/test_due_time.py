"""The times that `--due` takes."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cli.options import a_time

TIMES = st.datetimes(datetime(1980, 1, 2), datetime(2200, 1, 1)).map(
    lambda when: when.replace(second=0, microsecond=0, fold=0)
)
OFFSETS = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(TIMES, OFFSETS, st.sampled_from([" ", "T"]))
def test_a_time_is_read_as_it_was_written(when: datetime, zone: timezone, between: str) -> None:
    assert a_time(when.isoformat(between, "minutes")) == when
    there = a_time(when.replace(tzinfo=zone).isoformat(between, "minutes"))
    assert (there.replace(tzinfo=None), there.utcoffset()) == (when, zone.utcoffset(None))


@given(st.dates(date(1980, 1, 2), date(2200, 1, 1)))
def test_a_date_alone_is_the_end_of_that_day(day: date) -> None:
    due = a_time(day.isoformat())
    assert due.date() == day
    assert due + timedelta(microseconds=1) == datetime.combine(day + timedelta(days=1), time.min)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "23:59",
        "2026-02-30",
        "2026-03-01 25:00",
        "01.03.2026",
        "0001-01-01T00:00+14:00",
    ],
)
def test_another_text_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="write '2026-03-01 23:59'"):
        a_time(text)
