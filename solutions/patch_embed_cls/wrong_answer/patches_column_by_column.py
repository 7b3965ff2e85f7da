"""Your patches come column by column. They should come row by row: the whole top row from left to
right first, then the next row.
"""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    rows, cols = h // p, w // p

    grid = jnp.reshape(x, (n, c, rows, p, cols, p))
    patches = jnp.transpose(grid, (0, 4, 2, 1, 3, 5)).reshape(n, rows * cols, c * p * p)
    embedded = patches @ w_proj

    cls = jnp.tile(cls_token, (n, 1, 1))
    sequence = jnp.concatenate([cls, embedded], axis=1)
    return sequence + pos_embed
