"""The permute as a chain of swapaxes."""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    grid = jnp.reshape(x, (n, c, h // p, p, w // p, p))  # n c i p j q
    grid = jnp.swapaxes(grid, 1, 2)  # n i c p j q
    grid = jnp.swapaxes(grid, 3, 4)  # n i c j p q
    grid = jnp.swapaxes(grid, 2, 3)  # n i j c p q
    tokens = grid.reshape(n, -1, c * p * p) @ w_proj
    cls = jnp.expand_dims(jnp.stack([cls_token] * n), 1)
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
