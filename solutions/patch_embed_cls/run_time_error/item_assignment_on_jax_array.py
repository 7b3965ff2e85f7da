"""Assigns to slices of a jax.numpy array, which is immutable."""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = jnp.reshape(x, (n, c, h // p, p, w // p, p)).transpose(0, 2, 4, 1, 3, 5)
    out = jnp.zeros((n, *pos_embed.shape))
    out[:, 0] = cls_token
    out[:, 1:] = patches.reshape(n, -1, c * p * p) @ w_proj
    return out + pos_embed
