"""You compute in float16, which keeps about 3 digits and overflows above 65504. Stay in float32
all the way.
"""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    half = [jnp.asarray(a, dtype=jnp.float16) for a in (x, w_proj, cls_token, pos_embed)]
    x, w_proj, cls_token, pos_embed = half
    n, c, h, w = x.shape
    p = patch_size
    rows, cols = h // p, w // p

    grid = jnp.reshape(x, (n, c, rows, p, cols, p))
    patches = jnp.transpose(grid, (0, 2, 4, 1, 3, 5)).reshape(n, rows * cols, c * p * p)
    embedded = patches @ w_proj

    cls = jnp.tile(cls_token, (n, 1, 1))
    sequence = jnp.concatenate([cls, embedded], axis=1)
    return sequence + pos_embed
