"""Charts of a class report: a histogram of marks and a bar, as SVG without style or script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import mean, median

MOST_BARS = 41  # in a histogram
BAR, WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 100, 360, 150, 34, 24, 34  # pixels


def histogram(title: str, scores: Sequence[int], most: int) -> str:
    """Students by points, one bar for each mark where they are few.

    title: HTML. scores: from 0 to `most`.
    """
    if not scores:
        told = "Nothing has been marked."
        return f"<figure><h3>{title}</h3>\n<figcaption>{told}</figcaption></figure>\n"
    width = next(w for w in _round_numbers() if most // w < MOST_BARS)
    bars = Counter(score // width for score in scores)
    highest = max(bars.values())
    step = next(w for w in _round_numbers() if highest / w <= 4)
    top = -(-highest // step) * step
    slot = (WIDTH - LEFT - 6) / (most // width + 1)
    floor = TOP + HEIGHT

    def y(count: int) -> float:
        return round(floor - HEIGHT * count / top, 1)

    body = []
    for count in range(0, top + 1, step):
        body.append(f'<path d="M{LEFT - 3} {y(count)}H{LEFT}"/>')
        body.append(f'<text x="{LEFT - 6}" y="{y(count) + 4}" text-anchor="end">{count}</text>')
    every = next(w for w in _round_numbers() if most / w <= 5)
    for mark in range(0, most + 1, every):
        x = round(LEFT + slot * (mark // width + 0.5), 1)
        body.append(f'<text x="{x}" y="{floor + 14}" text-anchor="middle">{mark}</text>')
    for place, count in sorted(bars.items()):
        low, high = place * width, min(place * width + width - 1, most)
        told = f"{low}" if low == high else f"{low} to {high}"
        body.append(
            f'<rect x="{LEFT + slot * place + 1:.1f}" y="{y(count)}" width="{slot - 2:.1f}" '
            f'height="{floor - y(count):.1f}"><title>{told} points: '
            f"{count_of(count, 'student')}</title></rect>"
        )
    body.append(f'<path d="M{LEFT} {TOP}V{floor}H{WIDTH - 6}"/>')
    body.append(f'<text x="{WIDTH - 6}" y="{floor + 30}" text-anchor="end">points</text>')
    body.append('<text x="0" y="10">students</text>')
    told = f"{count_of(len(scores), 'student')}: mean {mean(scores):.1f}, median {median(scores):g}"
    return (
        f'<figure><h3>{title}</h3>\n<svg class="chart" width="{WIDTH}" height="{floor + BOTTOM}" '
        f'viewBox="0 0 {WIDTH} {floor + BOTTOM}" role="img" aria-label="{told} of {most} points">'
        f"{''.join(body)}</svg>\n<figcaption>{told} of {most} points</figcaption></figure>\n"
    )


def bar(part: int, whole: int) -> str:
    """A share as a bar. It only repeats a number beside it, so readers aloud skip it."""
    width = BAR * part / whole if whole else 0
    return (
        f'<svg class="bar" viewBox="0 0 {BAR} 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{width:.1f}" height="10"/></svg>'
    )


def count_of(number: int, noun: str) -> str:
    """Such as "1 student" or "1,000 students"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _round_numbers() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 and so on."""
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
