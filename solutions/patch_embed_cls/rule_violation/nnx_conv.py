"""nnx.Conv with w_proj put in as its kernel."""

import jax.numpy as jnp
from flax import nnx


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, _, _ = x.shape
    p, d = patch_size, w_proj.shape[1]
    conv = nnx.Conv(c, d, (p, p), strides=(p, p), padding="VALID", use_bias=False, rngs=nnx.Rngs(0))
    conv.kernel = nnx.Param(jnp.reshape(w_proj, (c, p, p, d)).transpose(1, 2, 0, 3))
    tokens = conv(jnp.moveaxis(jnp.asarray(x), 1, -1)).reshape(n, -1, d)
    cls = jnp.broadcast_to(cls_token, (n, 1, d))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
