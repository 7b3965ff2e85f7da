"""Starts from zeros and uses at[].set for both parts."""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj = jnp.asarray(x), jnp.asarray(w_proj)
    n, c, h, w = x.shape
    p = patch_size
    num_patches, d = (h // p) * (w // p), w_proj.shape[1]

    patches = x.reshape(n, c, h // p, p, w // p, p)
    patches = jnp.moveaxis(patches, 1, 3)  # n i p c j q
    patches = jnp.moveaxis(patches, 4, 2)  # n i j p c q
    patches = jnp.swapaxes(patches, 3, 4).reshape(n, num_patches, -1)

    seq = jnp.zeros((n, num_patches + 1, d), dtype=x.dtype)
    seq = seq.at[:, 0, :].set(cls_token)
    seq = seq.at[:, 1:, :].set(patches @ w_proj)
    return seq + pos_embed
