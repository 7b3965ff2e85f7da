"""Writes one row of patches after the other into the sequence."""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    cols = w // p
    bias = jnp.asarray(pos_embed).at[0].add(cls_token)
    seq = jnp.zeros((n, *pos_embed.shape))
    for i in range(h // p):
        band = jnp.reshape(x[:, :, i * p : (i + 1) * p], (n, c, p, cols, p))
        patches = band.transpose(0, 3, 1, 2, 4).reshape(n, cols, -1)
        seq = seq.at[:, 1 + i * cols : 1 + (i + 1) * cols].set(patches @ w_proj)
    return seq + bias
