"""lax.conv_general_dilated with explicit dimension numbers."""

import jax.numpy as jnp
from jax import lax


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, _, _ = x.shape
    p, d = patch_size, w_proj.shape[1]
    tokens = lax.conv_general_dilated(
        jnp.asarray(x),
        jnp.reshape(w_proj, (c, p, p, d)),
        window_strides=(p, p),
        padding="VALID",
        dimension_numbers=("NCHW", "IHWO", "NHWC"),
    )
    cls = jnp.broadcast_to(cls_token, (n, 1, d))
    return jnp.concatenate([cls, tokens.reshape(n, -1, d)], axis=1) + pos_embed
