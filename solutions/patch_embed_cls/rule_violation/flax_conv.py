"""nn.Conv from Flax, with w_proj as its kernel."""

import flax.linen as nn
import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, _, _ = x.shape
    p, d = patch_size, w_proj.shape[1]
    conv = nn.Conv(d, kernel_size=(p, p), strides=(p, p), padding="VALID", use_bias=False)
    kernel = jnp.reshape(w_proj, (c, p, p, d)).transpose(1, 2, 0, 3)
    images = jnp.transpose(x, (0, 2, 3, 1))
    tokens = conv.apply({"params": {"kernel": kernel}}, images).reshape(n, -1, d)
    cls = jnp.broadcast_to(cls_token, (n, 1, d))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
