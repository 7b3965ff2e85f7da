"""You expect 1 or 3 channels, and if there are 2, 4 or 5, you look for an axis of length 3 and
take it for the channels. The layout is always (N, C, H, W), with any number of channels.
"""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    rows, cols = h // p, w // p

    if c not in (1, 3) and 3 in (h, w):
        x = jnp.moveaxis(x, x.shape.index(3, 2), 1)
    grid = jnp.reshape(x, (n, c, rows, p, cols, p))
    patches = jnp.transpose(grid, (0, 2, 4, 1, 3, 5)).reshape(n, rows * cols, c * p * p)
    embedded = patches @ w_proj

    cls = jnp.tile(cls_token, (n, 1, 1))
    sequence = jnp.concatenate([cls, embedded], axis=1)
    return sequence + pos_embed
