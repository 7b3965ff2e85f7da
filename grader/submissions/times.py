"""Times as learning systems write them, in ISO 8601."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from .submission import HandedIn

OWN_TIME = "the file's own time"
# `2026-03-01 10:00:00.123456 UTC` by nbgrader, `2026-03-01 10:00:00.000000000 Z` by Gradescope.
WRITTEN = re.compile(
    r"(?P<time>[0-9]{4}(?:-[0-9]{2}){2}[ T][0-9]{2}(?::[0-9]{2}){1,2})(?:\.[0-9]+)?"
    r" ?(?P<zone>[+-][0-9]{2}:?[0-9]{2}|[A-Za-z/_]{1,40})?"
)


def told_by(system: str, time: str, order: tuple[int, ...] = ()) -> HandedIn:
    """What a system says about a file. If it says no time, the file's own will stand in."""
    return HandedIn(order, time, system if time else "")


def time_of(numbers: Sequence[int]) -> str:
    """The time of year, month, day, hour, minute and perhaps second; "" if there is no such."""
    try:
        return _iso(datetime(*numbers))  # type: ignore[arg-type]
    except ValueError:
        return ""


def read_time(text: str) -> str:
    """A date and a time, with its offset if the text says one; "" if the text is nothing such."""
    match = WRITTEN.fullmatch(text.strip())
    if match is None:
        return ""
    zone = match["zone"] or ""
    offset = zone[:1] in ("+", "-")
    try:
        time = datetime.fromisoformat(match["time"] + zone * offset)
    except ValueError:
        return ""
    return _iso(time if offset else time.replace(tzinfo=_zone(zone)))


def with_own_time(handed_in: HandedIn, modified: float) -> HandedIn:
    """Adds the file's own time, in seconds since 1970, which stands in if no system said one."""
    handed_in = replace(handed_in, modified=modified)
    if handed_in.said_by:
        return handed_in
    try:
        time = _iso(datetime.fromtimestamp(modified)) if modified else ""
    except (ValueError, OverflowError, OSError):
        time = ""
    return replace(handed_in, time=time, said_by=OWN_TIME if time else "")


def _iso(time: datetime) -> str:
    """Without the part of a second; "" if the time is so far off that it has no local time."""
    try:
        time.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return time.isoformat(timespec="seconds")


def _zone(name: str) -> tzinfo | None:
    """None, so local time, if the name is that of no zone."""
    if name in ("Z", "UTC"):
        return UTC
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
