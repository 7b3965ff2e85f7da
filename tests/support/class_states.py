"""What classes hand in, made up."""

from __future__ import annotations

from grader.report.class_state import Received
from grader.submissions import HandedIn, Identity

PROBLEM = "patch_embed_cls"
NOBODY = Identity()


def received(
    student: str,
    sha256: str | None = "0",
    *,
    file: str = "",
    modified: float = 0.0,
    said_by: str = "",
    order: tuple[int, ...] = (),
    reports: tuple[str, ...] = (),
    problem_id: str = PROBLEM,
    identity: Identity = NOBODY,
) -> Received:
    """As it is before it is added to a class."""
    return Received(
        student,
        problem_id,
        (file or f"class/{student}/{problem_id}.py",),
        identity,
        (),
        HandedIn(order=order, said_by=said_by, modified=modified),
        sha256,
        named=(),
        command=0,
        reports=reports or (f"{student}-{sha256}",),
    )
