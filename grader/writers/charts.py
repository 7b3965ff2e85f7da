"""The pictures of pages, as SVG: a histogram of marks, a heat map, the pixels that were read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import mean, median
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from ..diagnosis.heat_map import HeatMap
from ..diagnosis.pixels_read import Reading
from .html import count_of, render

# All lengths are in pixels.
MOST_BARS = 41  # in a histogram
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 360, 150, 34, 24, 34  # of a histogram
CELL, MOST_READINGS = 12, 8  # a square; tokens

# Cividis, which readers with any colour vision see in the same order; from none to most.
COLOURS = ("#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838")
NO_NUMBER = "#ff00ff"
BLUE = "#4a7fd6"  # at least 3:1 on white and on black

# By (should be read, is read): what it is called, and its colours, which differ in lightness too.
_PIXELS = {
    (True, True): ("read, as it should be", BLUE, BLUE),
    (True, False): ("should be read", "none", BLUE),
    (False, True): ("should not be read", "#fee838", "#b09000"),
    (False, False): ("not read", "none", "#94949455"),
}


class _Rect(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str = ""
    title: str = ""  # shown under the pointer


class _Text(NamedTuple):
    x: float
    y: float
    words: str
    anchor: str = "start"


@dataclass
class _Drawing:
    """What the template of a drawing needs. lines: a path."""

    label: str
    kind: str = ""
    rects: list[_Rect] = field(default_factory=list)
    texts: list[_Text] = field(default_factory=list)
    lines: str = ""

    def svg(self, width: int, height: int) -> Markup:
        return render("svg.html.jinja", width=width, height=height, **vars(self))


def histogram(title: str, scores: Sequence[int], most: int) -> Markup:
    """Students by points, with one bar for each mark if they are few. scores: from 0 to `most`."""
    if not scores:
        caption = "Nothing has been marked."
        return render("histogram.html.jinja", title=title, chart="", caption=caption)
    width = next(w for w in _round_numbers() if most // w < MOST_BARS)
    bars = Counter(score // width for score in scores)
    highest = max(bars.values())
    step = next(w for w in _round_numbers() if highest / w <= 4)
    top = -(-highest // step) * step
    slot = (WIDTH - LEFT - 6) / (most // width + 1)
    floor = TOP + HEIGHT
    average = f"mean {mean(scores):.1f}, median {median(scores):g} of {most} points"
    caption = f"{count_of(len(scores), 'student')}: {average}"
    drawing = _Drawing(caption, "chart", lines=f"M{LEFT} {TOP}V{floor}H{WIDTH - 6}")

    def y(count: int) -> float:
        return round(floor - HEIGHT * count / top, 1)

    for count in range(0, top + 1, step):
        drawing.lines += f"M{LEFT - 3} {y(count)}H{LEFT}"
        drawing.texts.append(_Text(LEFT - 6, y(count) + 4, str(count), "end"))
    every = next(w for w in _round_numbers() if most / w <= 5)
    for mark in range(0, most + 1, every):
        x = round(LEFT + slot * (mark // width + 0.5), 1)
        drawing.texts.append(_Text(x, floor + 14, str(mark), "middle"))
    for place, count in sorted(bars.items()):
        low, high = place * width, min(place * width + width - 1, most)
        marks = f"{low}" if low == high else f"{low} to {high}"
        x, height = round(LEFT + slot * place + 1, 1), round(floor - y(count), 1)
        what = f"{marks} points: {count_of(count, 'student')}"
        drawing.rects.append(_Rect(x, y(count), round(slot - 2, 1), height, BLUE, title=what))
    drawing.texts += [_Text(WIDTH - 6, floor + 30, "points", "end"), _Text(0, 10, "students")]
    chart = drawing.svg(WIDTH, floor + BOTTOM)
    return render("histogram.html.jinja", title=title, chart=chart, caption=caption)


def heat_svg(heat: HeatMap) -> Markup:
    """|got - expected|: one row for each token, [CLS] apart, one column for each feature."""
    left, top, y, most = 150, 34, 34, heat.most
    drawing = _Drawing("where the numbers are off")
    words = "|yours - expected|, first image; columns are features"
    drawing.texts.append(_Text(left, top - 20, words))
    if heat.cut:
        cut = f"of {heat.tokens} tokens and {heat.features} features, the first are shown"
        drawing.texts.append(_Text(left, top - 7, cut))
    for number, (label, row) in enumerate(zip(heat.labels, heat.off, strict=True)):
        if number == heat.extra and heat.extra:
            y += CELL // 2
        drawing.texts.append(_Text(left - 6, y + CELL - 3, label, "end"))
        for column, value in enumerate(row):
            shade = NO_NUMBER if np.isinf(value) else _shade(value / most)
            off = "no finite number" if np.isinf(value) else f"off by {value:.4g}"
            title = f"token {number}, feature {column}: {off}"
            x = left + column * CELL
            drawing.rects.append(_Rect(x, y, CELL - 1, CELL - 1, shade, title=title))
        y += CELL
    y += 8
    for number, shade in enumerate(COLOURS):
        drawing.rects.append(_Rect(left + number * 20, y, 20, CELL, shade))
    right = left + len(COLOURS) * 20 + 6
    drawing.texts += [
        _Text(left - 6, y + CELL - 2, "0", "end"),
        _Text(right, y + CELL - 2, f"{most:.3g}"),
    ]
    return drawing.svg(max(left + heat.off.shape[1] * CELL + 20, 420), y + CELL + 6)


def reading_svg(reading: Reading) -> Markup:
    """A small image for each token that reads wrong pixels: what it reads and what it should."""
    tokens = reading.astray[:MOST_READINGS]
    _, height, width = reading.should.shape
    step = max(width * CELL + 34, 136)
    drawing = _Drawing("which pixels were read")

    def pixel(x: int, y: int, should: bool, does: bool, where: str = "") -> str:
        words, fill, line = _PIXELS[should, does]
        title = f"{where}: {words}" if where else ""
        drawing.rects.append(_Rect(x, y, CELL - 3, CELL - 3, fill, line, title))
        return words

    for place, token in enumerate(tokens):
        x, y = 6 + place % 4 * step, 18 + place // 4 * (height * CELL + 30)
        drawing.texts.append(_Text(x, y - 5, reading.name(token)))
        for row, column in np.ndindex(height, width):
            should, does = reading.should[token, row, column], reading.does[token, row, column]
            where = f"row {row}, column {column}"
            pixel(x + column * CELL + 1, y + row * CELL + 1, bool(should), bool(does), where)
    rows = (len(tokens) + 3) // 4
    x, bottom = 6, 14 + rows * (height * CELL + 30)
    for should, does in _PIXELS:
        words = pixel(x, bottom, should, does)
        drawing.texts.append(_Text(x + CELL + 2, bottom + 9, words))
        x += CELL + 22 + 6 * len(words)
    return drawing.svg(max(x, 4 * step), bottom + CELL + 6)


def _shade(share: float) -> str:
    return COLOURS[min(int(share * len(COLOURS)), len(COLOURS) - 1)]


def _round_numbers() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50 and so on."""
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10
