"""The pictures of a diagnosis for a terminal: small block graphics that need no colour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..diagnosis.heat_map import HeatMap
from ..diagnosis.pixels_read import Reading

SHADES = "·░▒▓█"  # from right to the largest error
MOST_TOKENS, MOST_FEATURES, MOST_READINGS = 10, 24, 4
PIXELS = {(True, True): "■", (True, False): "□", (False, True): "X", (False, False): "·"}


def heat_lines(heat: HeatMap) -> Iterator[str]:
    """|got - expected|: one line for each token, two characters for each feature."""
    shown = heat.off[:MOST_TOKENS, :MOST_FEATURES]
    width = max(map(len, heat.labels))
    yield f"|yours - expected| on {heat.of}: a line is a token, a column is a feature"
    for label, row in zip(heat.labels, shown, strict=False):
        yield f"{label.rjust(width)}  {''.join(2 * _shade(value / heat.most) for value in row)}"
    if shown.shape != (heat.tokens, heat.features):
        yield f"{' ' * width}  … of {heat.tokens} tokens and {heat.features} features"
    yield f"{' ' * width}  · right, █ off by up to {heat.most:.3g}, ? no finite number"


def reading_lines(reading: Reading) -> Iterator[str]:
    """Tokens that read wrong pixels, side by side."""
    tokens = reading.astray[:MOST_READINGS]
    _, height, image_width = reading.should.shape
    yield f"On an image of {height} by {image_width} pixels, the pixels that tokens read:"
    width = max(2 * image_width, *(len(reading.name(token)) for token in tokens)) + 2
    yield "".join(reading.name(token).ljust(width) for token in tokens).rstrip()
    for row in range(height):
        line = ""
        for token in tokens:
            pairs = zip(reading.should[token, row], reading.does[token, row], strict=True)
            line += " ".join(PIXELS[bool(s), bool(d)] for s, d in pairs).ljust(width)
        yield line.rstrip()
    yield "■ read, as it should be   □ should be read   X should not be read   · not read"


def _shade(share: float) -> str:
    if not np.isfinite(share):
        return "?"
    return SHADES[0] if share < 1e-5 else SHADES[1 + min(int(4 * share), 3)]
