"""You read pos_embed as if it were stored as (d_model, num_patches + 1). It is (num_patches + 1,
d_model) already: use it as it is.
"""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    rows, cols = h // p, w // p

    grid = jnp.reshape(x, (n, c, rows, p, cols, p))
    patches = jnp.transpose(grid, (0, 2, 4, 1, 3, 5)).reshape(n, rows * cols, c * p * p)
    embedded = patches @ w_proj

    cls = jnp.tile(cls_token, (n, 1, 1))
    sequence = jnp.concatenate([cls, embedded], axis=1)
    by_feature = jnp.reshape(pos_embed, (w_proj.shape[1], -1))
    return sequence + by_feature.T
