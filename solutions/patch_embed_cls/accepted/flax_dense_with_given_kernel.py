"""nn.Dense applied with w_proj as its kernel."""

import flax.linen as nn
import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    grid = jnp.reshape(x, (n, c, h // p, p, w // p, p)).transpose(0, 2, 4, 1, 3, 5)
    patches = grid.reshape(n, -1, c * p * p)

    dense = nn.Dense(features=w_proj.shape[1], use_bias=False)
    tokens = dense.apply({"params": {"kernel": w_proj}}, patches)

    cls = jnp.broadcast_to(cls_token, (n, 1, w_proj.shape[1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
