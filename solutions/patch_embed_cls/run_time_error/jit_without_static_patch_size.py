"""Jitted without making the patch size static."""

import jax
import jax.numpy as jnp


@jax.jit
def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    tokens = patches.reshape(n, -1, c * p * p) @ w_proj
    cls = jnp.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
