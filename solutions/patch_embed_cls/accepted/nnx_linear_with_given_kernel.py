"""nnx.Linear with w_proj put in as its kernel."""

import jax.numpy as jnp
from flax import nnx


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    grid = jnp.reshape(x, (n, c, h // p, p, w // p, p)).transpose(0, 2, 4, 1, 3, 5)
    linear = nnx.Linear(*w_proj.shape, use_bias=False, rngs=nnx.Rngs(0))
    linear.kernel = nnx.Param(jnp.asarray(w_proj))
    tokens = linear(grid.reshape(n, -1, c * p * p))
    cls = jnp.broadcast_to(cls_token, (n, 1, w_proj.shape[1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
