"""You project 512 patches at a time and leave out what doesn't fill a chunk of 512. Those patches
count too.
"""

import flax.linen as nn
import jax
import numpy as np

CHUNK = 512


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    grid = np.asarray(image).reshape(h // p, p, w // p, p, c)
    patches = grid.transpose(0, 2, 1, 3, 4).reshape(-1, p * p * c)

    dense = nn.Dense(d)
    params = dense.init(jax.random.PRNGKey(seed), patches[:1])
    size = min(CHUNK, len(patches))
    chunks = patches[: len(patches) // size * size].reshape(-1, size, p * p * c)
    return np.concatenate([np.ravel(dense.apply(params, chunk)) for chunk in chunks])
