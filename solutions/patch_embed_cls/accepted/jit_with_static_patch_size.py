"""Jitted as a whole, with the patch size as a static argument."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnames="patch_size")
def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    x = x.reshape(n, c, h // p, p, w // p, p)
    x = x.transpose(0, 2, 4, 1, 3, 5).reshape(n, -1, c * p * p)
    x = x @ w_proj
    x = jnp.concatenate([jnp.broadcast_to(cls_token, (n, 1, x.shape[-1])), x], axis=1)
    return x + pos_embed
