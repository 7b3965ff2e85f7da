"""You split the height into (number of patches, P), which is right, but the width into (P, number
of patches), so your patches take their columns from places spread over the whole width.
"""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    rows, cols = h // p, w // p

    grid = jnp.reshape(x, (n, c, rows, p, p, cols))
    patches = jnp.transpose(grid, (0, 2, 5, 1, 3, 4)).reshape(n, rows * cols, c * p * p)
    embedded = patches @ w_proj

    cls = jnp.tile(cls_token, (n, 1, 1))
    sequence = jnp.concatenate([cls, embedded], axis=1)
    return sequence + pos_embed
