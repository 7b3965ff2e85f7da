"""lax.dot_general with its dimension numbers, at the highest precision."""

import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p, d = patch_size, w_proj.shape[1]
    tokens = lax.dot_general(
        jnp.reshape(x, (n, c, h // p, p, w // p, p)),
        jnp.reshape(w_proj, (c, p, p, d)),
        dimension_numbers=(((1, 3, 5), (0, 1, 2)), ((), ())),
        precision=lax.Precision.HIGHEST,
    )
    cls = jnp.broadcast_to(cls_token, (n, 1, d))
    return lax.concatenate([cls, tokens.reshape(n, -1, d)], dimension=1) + pos_embed
