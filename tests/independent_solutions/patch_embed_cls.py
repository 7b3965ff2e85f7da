"""An oracle that shares nothing with the references: plain loops in float64, patch by patch."""

from __future__ import annotations

from typing import Any

import numpy as np


def patch_embed_cls(
    x: Any, w_proj: Any, cls_token: Any, pos_embed: Any, patch_size: int
) -> np.ndarray:
    x, w_proj = np.asarray(x, dtype=np.float64), np.asarray(w_proj, dtype=np.float64)
    images, channels, height, width = x.shape
    out = np.zeros((images, len(pos_embed), len(cls_token)))
    for n in range(images):
        out[n, 0] = np.asarray(cls_token, dtype=np.float64)
        index = 1
        for top in range(0, height, patch_size):
            for left in range(0, width, patch_size):
                weight = 0
                for channel in range(channels):
                    for row in range(patch_size):
                        for column in range(patch_size):
                            out[n, index] += (
                                x[n, channel, top + row, left + column] * w_proj[weight]
                            )
                            weight += 1
                index += 1
        out[n] += np.asarray(pos_embed, dtype=np.float64)
    return out
