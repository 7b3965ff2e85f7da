"""An oracle that shares nothing with the references: plain loops in float64, patch by patch."""

from __future__ import annotations

from typing import Any

import numpy as np


def patch_embed_forward(seed: int, image: Any, patch_size: float, d_model: float) -> np.ndarray:
    import flax.linen as nn
    import jax
    import jax.numpy as jnp

    p, features = int(patch_size), int(d_model)
    image = np.asarray(image, dtype=np.float64)
    height, width, channels = image.shape
    conv = nn.Conv(features, (p, p), strides=(p, p), padding="VALID")
    drawn = conv.init(jax.random.PRNGKey(seed), jnp.zeros(image.shape, jnp.float32))["params"]
    kernel = np.asarray(drawn["kernel"], dtype=np.float64)
    numbers = []
    for top in range(0, height, p):
        for left in range(0, width, p):
            token = np.zeros(features)
            for row in range(p):
                for column in range(p):
                    for channel in range(channels):
                        pixel = image[top + row, left + column, channel]
                        token += pixel * kernel[row, column, channel]
            numbers.extend(token)
    return np.array(numbers)
