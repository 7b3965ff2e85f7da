"""Your patches start one pixel too far down and to the right. Indices count from 0, so the first
patch starts at row 0, column 0.
"""

import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x = jnp.asarray(x)
    n, c, h, w = x.shape
    p = patch_size
    rows, cols = h // p, w // p

    patches = []
    for k in range(rows * cols):
        i, j = divmod(k, cols)
        corner = (0, 0, i * p + 1, j * p + 1)
        patches.append(lax.dynamic_slice(x, corner, (n, c, p, p)).reshape(n, -1))
    tokens = jnp.stack(patches, axis=1) @ w_proj

    cls = jnp.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
