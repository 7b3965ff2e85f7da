"""You use the number of patches across in place of the number of patches down, and the other
way round, so images that are not square are cut wrongly. Height comes before width in the shape
of x.
"""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    cols, rows = h // p, w // p

    grid = jnp.reshape(x, (n, c, rows, p, cols, p))
    patches = jnp.transpose(grid, (0, 2, 4, 1, 3, 5)).reshape(n, rows * cols, c * p * p)
    embedded = patches @ w_proj

    cls = jnp.tile(cls_token, (n, 1, 1))
    sequence = jnp.concatenate([cls, embedded], axis=1)
    return sequence + pos_embed
