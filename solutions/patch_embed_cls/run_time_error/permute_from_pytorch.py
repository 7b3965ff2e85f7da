"""Calls .permute, which arrays here don't have."""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = x.reshape(n, c, h // p, p, w // p, p).permute(0, 2, 4, 1, 3, 5)
    tokens = patches.reshape(n, -1, c * p * p) @ w_proj
    cls = cls_token.expand(n, 1, -1)
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
