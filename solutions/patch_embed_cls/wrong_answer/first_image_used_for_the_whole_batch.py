"""Every image of your batch gets the tokens of the first image. Cut and project each image of
x.
"""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    rows, cols = h // p, w // p

    grid = jnp.reshape(x, (n, c, rows, p, cols, p))
    patches = jnp.transpose(grid, (0, 2, 4, 1, 3, 5)).reshape(n, rows * cols, c * p * p)
    embedded = jnp.broadcast_to(patches[0] @ w_proj, (n, rows * cols, w_proj.shape[1]))

    cls = jnp.tile(cls_token, (n, 1, 1))
    sequence = jnp.concatenate([cls, embedded], axis=1)
    return sequence + pos_embed
