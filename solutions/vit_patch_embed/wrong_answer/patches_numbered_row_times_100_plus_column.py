"""You number the patch in row r and column c by 100·r + c, which mixes them up if there are more
than 100 columns.
"""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = np.asarray(image)
    h, w, _ = image.shape
    numbered = {}
    for r in range(h // p):
        for c in range(w // p):
            number = (100 * r + c, r)
            numbered[number] = image[r * p : (r + 1) * p, c * p : (c + 1) * p].ravel()
    patches = np.stack([numbered[number] for number in sorted(numbered)])
    dense = nn.Dense(d)
    params = dense.init(jax.random.PRNGKey(seed), patches)
    return dense.apply(params, patches).reshape(-1)
