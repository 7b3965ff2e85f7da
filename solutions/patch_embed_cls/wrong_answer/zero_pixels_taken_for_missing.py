"""You take zero pixels for missing values and fill in the mean of the others. Zero is a value
like any other, and a black image gives NaN this way.
"""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    rows, cols = h // p, w // p

    present = x != 0
    mean = jnp.sum(x) / present.sum()
    grid = jnp.reshape(jnp.where(present, x, mean), (n, c, rows, p, cols, p))
    patches = jnp.transpose(grid, (0, 2, 4, 1, 3, 5)).reshape(n, rows * cols, c * p * p)
    embedded = patches @ w_proj

    cls = jnp.tile(cls_token, (n, 1, 1))
    sequence = jnp.concatenate([cls, embedded], axis=1)
    return sequence + pos_embed
