"""You turn the image into channels-last with a reshape. A reshape only relabels the values in
memory; moving the channel axis needs a transpose (and here it need not be moved in front of the
patches at all).
"""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    rows, cols = h // p, w // p

    grid = jnp.reshape(x, (n, rows, p, cols, p, c))
    patches = jnp.transpose(grid, (0, 1, 3, 5, 2, 4)).reshape(n, rows * cols, c * p * p)
    embedded = patches @ w_proj

    cls = jnp.tile(cls_token, (n, 1, 1))
    sequence = jnp.concatenate([cls, embedded], axis=1)
    return sequence + pos_embed
