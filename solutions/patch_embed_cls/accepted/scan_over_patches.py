"""lax.scan walks over the patches."""

import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, pos_embed = jnp.asarray(x), jnp.asarray(w_proj), jnp.asarray(pos_embed)
    n, c, h, w = x.shape
    p, cols = patch_size, w // patch_size

    def step(k, position):
        corner = (0, 0, k // cols * p, k % cols * p)
        patch = lax.dynamic_slice(x, corner, (n, c, p, p))
        return k + 1, patch.reshape(n, -1) @ w_proj + position

    _, tokens = lax.scan(step, 0, pos_embed[1:])
    cls = jnp.broadcast_to(cls_token + pos_embed[0], (1, n, len(cls_token)))
    return jnp.concatenate([cls, tokens]).swapaxes(0, 1)
