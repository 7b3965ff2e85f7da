"""Says when something was handed in, and by how much it is late. Nothing is judged by that."""

from datetime import UTC, datetime, timedelta

from .submission import HandedIn
from .times import OWN_TIME

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def late_words(handed_in: HandedIn, due: datetime | None) -> tuple[str, str]:
    """When it was handed in, such as "2026-03-01 10:00 (Blackboard)"; and "", "late", or by how
    much: "late by 2 h 5 min". Both are "" if nothing says so.

    The source's own word counts before the due time. Times without an offset are local.
    """
    time = datetime.fromisoformat(handed_in.time) if handed_in.time else None
    shown = f"{_shown(time)} ({handed_in.said_by})" if time else ""
    if handed_in.late:
        return shown, "late"
    if time is None or due is None or _instant(time) <= _instant(due):
        return shown, ""
    by = f" (by {OWN_TIME})" if handed_in.said_by == OWN_TIME else ""
    return shown, f"late by {_amount(_instant(time) - _instant(due))}{by}"


def _instant(time: datetime) -> datetime:
    return time.astimezone(UTC)


def _shown(time: datetime) -> str:
    return time.isoformat(" ", "minutes").replace("+00:00", " UTC")


def _amount(late: timedelta) -> str:
    """Rounded down, so that it claims no more than is sure."""
    if late < MINUTE:
        return "less than 1 min"
    days, hours, minutes = late // DAY, late % DAY // HOUR, late % HOUR // MINUTE
    parts = [f"{days} day{'s' * (days > 1)}"] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes and not days else []
    return " ".join(parts)
