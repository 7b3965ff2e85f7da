"""You count rows and columns as int(H * (1 / p)), which floats round down to one too few for some
sizes (49, for one). Use H // p.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    x = jnp.asarray(image)
    h, w, c = x.shape
    rows, columns = int(h * (1 / p)), int(w * (1 / p))
    grid = x[: rows * p, : columns * p].reshape(rows, p, columns, p, c)
    patches = grid.transpose(0, 2, 1, 3, 4).reshape(rows * columns, -1)
    dense = nn.Dense(d)
    return dense.apply(dense.init(jax.random.PRNGKey(seed), patches), patches).ravel()
