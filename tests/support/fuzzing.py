"""How long property tests search."""

from __future__ import annotations

import os

from hypothesis import settings

LONGER = int(os.environ.get("FUZZ", "1"))  # `make proof` searches so many times as long


def examples(count: int) -> settings:
    return settings(max_examples=count * LONGER, deadline=None)
