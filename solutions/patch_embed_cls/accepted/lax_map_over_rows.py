"""lax.map projects one row of patches at a time."""

import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    bands = jnp.moveaxis(jnp.reshape(x, (n, c, h // p, p, w)), 2, 0)

    def embed_band(band):
        patches = band.reshape(n, c, p, w // p, p).transpose(0, 3, 1, 2, 4)
        return patches.reshape(n, w // p, -1) @ w_proj

    tokens = jnp.moveaxis(lax.map(embed_band, bands), 0, 1).reshape(n, -1, w_proj.shape[1])
    cls = jnp.broadcast_to(cls_token, (n, 1, w_proj.shape[1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
