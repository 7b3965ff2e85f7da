"""Two plain loops over the grid, filling an empty array."""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = np.asarray(image)
    rows, cols = image.shape[0] // p, image.shape[1] // p

    params = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]
    kernel = np.asarray(params["kernel"])

    tokens = np.empty((rows, cols, d), dtype=np.float32)
    for i in range(rows):
        for j in range(cols):
            patch = image[i * p : (i + 1) * p, j * p : (j + 1) * p, :]
            tokens[i, j] = np.tensordot(patch, kernel, axes=3)
    return tokens.reshape(-1)
