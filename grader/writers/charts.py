"""The histogram of marks, as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from statistics import mean, median

from markupsafe import Markup

from .html import count_of, render

MOST_BARS = 41


def histogram(title: str, scores: Sequence[int], most: int) -> Markup:
    """Students by points, with one bar for each mark if they are few. most: how many there are; a
    mark that is decided by hand may be higher.
    """
    if not scores:
        caption = "Nothing has been marked."
        return render("histogram.html.jinja", title=title, bars=(), caption=caption)
    highest = max(most, *scores)
    width = next(w for w in _round_numbers() if highest // w < MOST_BARS)
    bars = Counter(score // width for score in scores)
    step = next(w for w in _round_numbers() if max(bars.values()) / w <= 4)
    every = next(w for w in _round_numbers() if highest / w <= 5)
    average = f"mean {mean(scores):.1f}, median {median(scores):g} of {most} points"
    return render(
        "histogram.html.jinja",
        title=title,
        caption=f"{count_of(len(scores), 'student')}: {average}",
        bars=sorted(bars.items()),
        bar_width=width,  # in points
        most=highest,
        counts=range(0, max(bars.values()) + step, step),
        marks=range(0, highest + 1, every),
    )


def _round_numbers() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 and so on."""
    return (digit * 10**power for power in count() for digit in (1, 2, 5))
