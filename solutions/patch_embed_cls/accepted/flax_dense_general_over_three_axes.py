"""nn.DenseGeneral contracts channel, row and column at once."""

import flax.linen as nn
import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p, d = patch_size, w_proj.shape[1]
    grid = jnp.reshape(x, (n, c, h // p, p, w // p, p)).transpose(0, 2, 4, 1, 3, 5)
    layer = nn.DenseGeneral(d, axis=(-3, -2, -1), use_bias=False)
    kernel = jnp.reshape(w_proj, (c, p, p, d))
    tokens = layer.apply({"params": {"kernel": kernel}}, grid).reshape(n, -1, d)
    cls = jnp.broadcast_to(cls_token, (n, 1, d))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
